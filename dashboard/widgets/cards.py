"""Cards: one person or one company in full."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import pandas as pd
import streamlit as st

from dashboard.formatting import (
    ENUM_LABELS,
    count,
    day,
    escape_markdown,
    money,
    month,
    safe_link,
    strip_control_chars,
)
from dashboard.jobs.model import EXACT
from dashboard.tables.api_json import (
    Json,
    emails_of,
    number_at,
    phones_of,
    rows_at,
    text_at,
    time_at,
)
from dashboard.tables.contacts import asked_by, positions_of
from dashboard.widgets.tables import fact_table

MIN_CARD_COLUMN = 320  # pixels; with less, a chart stands below the facts


def person_card(person: Json, data_points: tuple[str, ...], input: Json, match: str) -> None:
    """Draws name, positions, usable contact data to copy, and LinkedIn of a person.

    The position that ``input`` names comes first. ``match`` is what ``match_of`` says.
    """
    with st.container(border=True):
        if match != EXACT:
            st.badge(escape_markdown(match), icon=":material/rule:", color="orange")
        left, right = st.columns(2, gap="medium")
        with left:
            st.subheader(
                escape_markdown(text_at(person, "name.fullName") or "No name"), anchor=False
            )
            _positions(positions_of(person, asked_by(input)), person)
        with right:
            _contacts(person, data_points)


def _positions(positions: Sequence[Json], person: Json) -> None:
    for position in positions:
        st.markdown(f"**{_position_name(position)}**")
        seniority = text_at(position, "seniority")
        since = time_at(position, "dateRange.start")
        details = [
            f"since {month(since)}" if since is not None else None,
            ENUM_LABELS.get(seniority or "", seniority),
            text_at(position, "function"),
            text_at(position, "companyInfo.industry"),
            _employees(position),
        ]
        st.caption(escape_markdown(" · ".join(filter(None, details))))
    if not positions:
        st.markdown("No current position is known.")
    former = [_former_position(row) for row in rows_at(person, "pastPositions")]
    if former:
        st.caption("Before that: " + "; ".join(former))
    location = [text_at(person, f"location.{part}") for part in ("city", "areaLevel1", "country")]
    if any(location):
        st.markdown(f":material/location_on: {escape_markdown(', '.join(filter(None, location)))}")
    url = safe_link(text_at(person, "linkedin.linkedinUrl"))
    if url:
        st.link_button("LinkedIn profile", url, icon=":material/open_in_new:")


def _position_name(position: Json) -> str:
    """``VP of Sales at Acme``, as Markdown."""
    title = escape_markdown(text_at(position, "title") or "Title unknown")
    company = text_at(position, "companyInfo.name")
    return f"{title} at {escape_markdown(company)}" if company else title


def _former_position(position: Json) -> str:
    """``Account Executive at Acme (Jan 2019 – Jun 2023)``, as far as it is known."""
    times = [time_at(position, f"dateRange.{end}") for end in ("start", "end")]
    known = " – ".join(month(time) for time in times if time is not None)
    return _position_name(position) + (f" ({known})" if known else "")


def _employees(position: Json) -> str | None:
    number = number_at(position, "companyInfo.numberOfEmployees")
    return None if number is None else count(number, "employee")


def _contacts(person: Json, data_points: tuple[str, ...]) -> None:
    """Draws emails and phones, each with a button that copies it, and what was not found."""
    emails, phones = emails_of(person), phones_of(person)
    for contact in (*emails, *phones):
        copyable(text_at(contact, "value"))
        st.caption(_contact_note(contact))
    if "email" in data_points and not emails:
        st.markdown(":material/mail: No valid email found")
    if "phone" in data_points and not phones:
        st.markdown(":material/call: No valid phone found")
    if not {"email", "phone"} & {*data_points}:
        st.caption("You didn't request contact data.")


def copyable(text: str | None) -> None:
    """Draws a text exactly as it is, with a button that copies it."""
    st.code(strip_control_chars(text or "").strip(), language=None, wrap_lines=True)


def _contact_note(contact: Json) -> str:
    """``Work · Verified · updated 24 Nov 2026``, as far as it is known."""
    words = [text_at(contact, "type"), text_at(contact, "status")]
    parts = [ENUM_LABELS.get(word, word) for word in words if word]
    updated = time_at(contact, "updatedAt")
    if updated is not None:
        parts.append(f"updated {day(updated)}")
    return escape_markdown(" · ".join(parts))


def company_card(company: Json, *more: Callable[[], None]) -> None:
    """Draws description, facts, technologies and links of a company.

    ``more`` is drawn beside the facts, such as a chart.
    """
    st.markdown(escape_markdown(text_at(company, "description") or "No description is known."))
    columns = st.grid(1 + len(more), min_column_width=MIN_CARD_COLUMN, gap="medium")
    with columns.cell():
        fact_table(_company_facts(company), "Facts of the company")
        with st.container(horizontal=True):
            for label, path in (("LinkedIn", "linkedinUrl"), ("Crunchbase", "crunchbaseUrl")):
                url = safe_link(text_at(company, path))
                if url:
                    st.link_button(label, url, icon=":material/open_in_new:")
    for draw in more:
        with columns.cell():
            draw()
    technologies = [text_at(row, "name") for row in rows_at(company, "technologies")]
    if technologies:
        names = ", ".join(escape_markdown(name) for name in technologies if name)
        st.markdown(f"**Technologies:** {names}")


def _company_facts(company: Json) -> dict[str, str]:
    """The facts of a company by label, as Markdown; those that are not known are empty."""
    employees = number_at(company, "numberOfEmployees")
    founded = number_at(company, "foundedYear")
    location = [
        text_at(company, f"locationInfo.{part}") for part in ("city", "areaLevel1", "country")
    ]
    facts = {
        "Employees": "" if employees is None else f"{employees:,.0f}",
        "Industry": text_at(company, "industry"),
        "Location": ", ".join(filter(None, location)),
        "Founded": "" if founded is None else f"{founded:.0f}",
        "Revenue": text_at(company, "revenueRange.description"),
        "Funding": _funding(company),
    }
    return {label: escape_markdown(value) for label, value in facts.items()}


def _funding(company: Json) -> str:
    """``$120.3M · Series C · 4 May 2024``, as far as it is known."""
    total = number_at(company, "fundingInfo.fundingTotalUsd")
    funded: pd.Timestamp | None = time_at(company, "fundingInfo.lastFundingOn")
    parts = [
        None if total is None else money(total),
        text_at(company, "fundingInfo.lastFundingType"),
        None if funded is None else day(funded),
    ]
    return " · ".join(filter(None, parts))


def company_people(company: Json, person_ids: Collection[str]) -> None:
    """Draws a company of a grouped search, with its people that have one of these ids."""
    people = [row for row in rows_at(company, "people") if (text_at(row, "id") or "") in person_ids]
    name = text_at(company, "company.name") or "No name"
    total = number_at(company, "totalContactsInCompany") or len(people)
    label = f"{escape_markdown(name)} · {count(total, 'contact')}"
    with st.expander(label, expanded=True, icon=":material/domain:"):
        for person in people:
            person_name = escape_markdown(text_at(person, "name") or "No name")
            title = escape_markdown(text_at(person, "title") or "Title not known")
            st.markdown(f"**{person_name}** · {title}")
