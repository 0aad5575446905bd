"""One person or one company, drawn whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import charts, frames
from dashboard.wording import ENUM_LABELS, count, day, link, money, plain, verbatim

Json = Mapping[str, Any]


def person_card(person: Json, data_points: tuple[str, ...], key: str) -> None:
    """Name, position, contact data that can be used, LinkedIn and the career."""
    with st.container(border=True):
        st.subheader(plain(frames.text(person, "name.fullName") or "No name"), divider="gray")
        left, right = st.columns([3, 2], gap="medium")
        with left:
            _positions(person)
        with right:
            _contacts(person, data_points)
        career = frames.career(person)
        if not career.empty:
            st.plotly_chart(charts.careers(career, "Positions"), key=key, alt="Positions over time")


def _positions(person: Json) -> None:
    positions = frames.rows(person, "currentPositions")
    for position in positions:
        title = plain(frames.text(position, "title") or "Title not known")
        company = plain(frames.text(position, "companyInfo.name") or "company not known")
        st.markdown(f"**{title}** at {company}")
        seniority = frames.text(position, "seniority")
        details = [
            ENUM_LABELS.get(seniority or "", seniority),
            frames.text(position, "function"),
            frames.text(position, "companyInfo.industry"),
            _employees(position),
        ]
        st.caption(plain(" · ".join(filter(None, details))))
    if not positions:
        st.markdown("No current position is known.")
    place = [frames.text(person, f"location.{part}") for part in ("city", "areaLevel1", "country")]
    if any(place):
        st.markdown(f":material/location_on: {plain(', '.join(filter(None, place)))}")
    url = link(frames.text(person, "linkedin.linkedinUrl"))
    if url:
        st.link_button("LinkedIn profile", url, icon=":material/open_in_new:")


def _employees(position: Json) -> str | None:
    number = frames.number(position, "companyInfo.numberOfEmployees")
    return None if number is None else count(number, "employee")


def _contacts(person: Json, data_points: tuple[str, ...]) -> None:
    emails, phones = frames.emails(person), frames.phones(person)
    for found in emails:
        st.markdown(f":material/mail: {verbatim(frames.text(found, 'value'))}")
        st.caption(_how_sure(found))
    for found in phones:
        st.markdown(f":material/call: {verbatim(frames.text(found, 'value'))}")
        st.caption(_how_sure(found))
    if "email" in data_points and not emails:
        st.markdown(":material/mail: No usable email is known.")
    if "phone" in data_points and not phones:
        st.markdown(":material/call: No usable phone is known.")
    if not {"email", "phone"} & {*data_points}:
        st.caption("Contact data was not chosen, so it was neither asked for nor charged.")


def _how_sure(contact: Json) -> str:
    told = [frames.text(contact, "type"), frames.text(contact, "status")]
    seen = frames.time(contact, "updatedAt")
    parts = [ENUM_LABELS.get(part, part) for part in told if part]
    return plain(" · ".join([*parts, *([f"updated {day(seen)}"] if seen is not None else [])]))


def company_card(company: Json) -> None:
    """Description, location, funding, technologies and addresses."""
    name = frames.text(company, "name") or "No name"
    with st.expander(plain(name), icon=":material/domain:"):
        st.markdown(plain(frames.text(company, "description") or "No description is known."))
        with st.container(horizontal=True):
            for label, value in _company_facts(company):
                st.metric(label, value, border=True, width=210)
        technologies = [frames.text(row, "name") for row in frames.rows(company, "technologies")]
        if technologies:
            names = ", ".join(plain(name) for name in technologies if name)
            st.markdown(f"**Technologies:** {names}")
        with st.container(horizontal=True):
            for label, path in (("LinkedIn", "linkedinUrl"), ("Crunchbase", "crunchbaseUrl")):
                url = link(frames.text(company, path))
                if url:
                    st.link_button(label, url, icon=":material/open_in_new:")


def _company_facts(company: Json) -> list[tuple[str, str]]:
    place = [frames.text(company, f"locationInfo.{part}") for part in ("city", "country")]
    employees = frames.number(company, "numberOfEmployees")
    founded = frames.number(company, "foundedYear")
    stage = frames.text(company, "fundingInfo.lastFundingType")
    funded: pd.Timestamp | None = frames.time(company, "fundingInfo.lastFundingOn")
    return [
        ("Location", plain(", ".join(filter(None, place))) or "–"),
        ("Industry", plain(frames.text(company, "industry")) or "–"),
        ("Employees", "–" if employees is None else f"{employees:,.0f}"),
        ("Founded", "–" if founded is None else f"{founded:.0f}"),
        ("Revenue", plain(frames.text(company, "revenueRange.description")) or "–"),
        ("Funding", money(frames.number(company, "fundingInfo.fundingTotalUsd"))),
        ("Last round", plain(stage) or "–"),
        ("Last funded", day(funded)),
    ]


def company_people(company: Json, left: Collection[str]) -> None:
    """A company of a grouped search with those found there whose ids are ``left``."""
    found = [
        row for row in frames.rows(company, "people") if (frames.text(row, "id") or "") in left
    ]
    name = frames.text(company, "company.name") or "No name"
    total = frames.number(company, "totalContactsInCompany") or len(found)
    label = f"{plain(name)} · {count(total, 'contact')}"
    with st.expander(label, expanded=True, icon=":material/domain:"):
        for person in found:
            title = frames.text(person, "title") or "Title not known"
            st.markdown(f"**{plain(frames.text(person, 'name') or 'No name')}** · {plain(title)}")
