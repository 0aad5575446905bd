"""Looking one person up: a free preview first, if wanted, then the paid search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import data, state
from dashboard.account import Account
from dashboard.errors import read_or_show_error
from dashboard.formatting import count, escape_markdown
from dashboard.search.inputs import (
    PERSON_BOXES,
    entered_person,
    person_input,
    person_label,
    preview_input,
)
from dashboard.search.outcome import Outcome
from dashboard.search.preview import Preview
from dashboard.search.recent import RecentSearch
from dashboard.state import was_clicked
from dashboard.tables.api_json import Json, rows_at, text_at
from dashboard.tables.contacts import asked_by, positions_of
from dashboard.widgets.affordable import fewer_data_points, items
from dashboard.widgets.buttons import (
    data_points_input,
    paid_button,
    quality_input,
    refresh_balance_and_rerun,
)
from dashboard.widgets.charge import show_breakdown
from leadiq_api import DATA_POINTS
from leadiq_api.credits import COMPANIES_OF_A_PERSON, Estimate, Record
from leadiq_api.data_points import COMPANY
from leadiq_api.quality import Quality

# The fields of a preview's answer that say what the person has.
PREVIEW_FIELDS = {"email": "hasEmail", "phone": "hasPhone"}
MAX_RECENT_SHOWN = 8
MAX_RESULTS = 25  # people of one search


class Lookup(NamedTuple):
    """A ``SearchPeopleInput`` with its data points, and the problem to fix before it is sent."""

    request: dict[str, Any]
    points: tuple[str, ...]
    problem: str | None = None


def person_boxes(account: Account) -> tuple[Lookup, DeltaGenerator]:
    """Draws the boxes that say who is looked up and what for; returns what is entered.

    They are in the page's address, so that a reload shows the same. Each change reaches the server
    as it is typed: the price on the button is that of what stands in the boxes.

    Also returns where the buttons are drawn: before the boxes of a name, so that few Tabs lead
    there.
    """
    first, *others = PERSON_BOXES
    left, right = st.columns(2, gap="medium", vertical_alignment="bottom")
    entered = {first: _person_box(left, first)}
    with right:
        points = data_points_input(
            account, tuple(DATA_POINTS), "people_points", bind="query-params"
        )
    actions = st.container()
    named = st.container(horizontal=True, vertical_alignment="bottom")
    for name in others:
        entered[name] = _person_box(named, name)
    with named, st.popover("Options", icon=":material/tune:"):
        limit = st.number_input(
            "Max results",
            min_value=1,
            max_value=MAX_RESULTS,
            value=1,
            key="people_limit",
            persist_state="session",
            help="A name and company can match several people; you pay for each one found.",
        )
        quality = quality_input(points, "people", bind="query-params")
    request, problem = person_input(entered, limit)
    return Lookup(request | quality.fields(), points, problem), actions


def _person_box(place: DeltaGenerator, name: str) -> str:
    label, example = PERSON_BOXES[name]
    entered: str = place.text_input(
        label,
        placeholder=example,
        key=f"people_{name}",
        persist_state="session",
        bind="query-params",
        live=True,
    )
    return entered


def look_up_person(account: Account, lookup: Lookup) -> None:
    """Draws the buttons that preview and search; sends what is pressed, if it may be sent.

    A preview that found someone has a button of its own in place of Search.
    """
    notes, actions = st.container(), st.container(horizontal=True, vertical_alignment="center")
    with actions:
        paid, free, note = (
            st.container(width=width) for width in ("content", "content", "stretch")
        )
    if "id" not in lookup.request:  # the API has no preview by id
        with free:
            clicked = st.button("Preview · free", icon=":material/visibility:", key="preview")
        with notes:
            if clicked:
                _request_preview(account, lookup)
    with notes:
        preview = _current_preview(account, lookup.request)
        found = preview is not None and _show_preview(preview)
    with paid:
        if preview is not None and found:
            to_send = _get_button(account, preview, lookup.points, note)
        else:
            to_send = lookup if _search_button(account, lookup, note) else None
    if to_send is not None:
        _send(account, lookup, to_send)


def _search_button(account: Account, lookup: Lookup, note: DeltaGenerator) -> bool:
    """Draws the button that searches, and its note; returns whether to send what is entered now."""
    request, points, problem = lookup
    limit = request["limit"]

    def price(number: int, some: tuple[str, ...]) -> Estimate:
        return account.payments.price("searchPeople", {"limit": number}, some)

    estimate = price(limit, points) if problem else account.price("searchPeople", request, points)
    approved = paid_button(
        account,
        "Search",
        estimate,
        "people_search",
        request=(request, points),
        fitting=items(
            "person",
            "people",
            lambda: [price(1, points).maximum] * limit,
            fewer_data_points(points, partial(price, 1)),
        ),
        problem=problem,
        note=note,
    )
    if COMPANY.id in points:
        with note:
            show_breakdown(
                estimate,
                f"Up to {COMPANIES_OF_A_PERSON} companies are priced in, as a person can hold that "
                "many positions. You pay for what is found.",
            )
    return approved


# The preview --------------------------------------------------------------------------------------


def _request_preview(account: Account, lookup: Lookup) -> None:
    """Previews what is entered, or shows its problem."""
    account.state.preview = None
    if lookup.problem:
        st.error(lookup.problem, icon=":material/edit:")
        return
    with st.spinner("Looking …"):
        answer = read_or_show_error(
            "the preview",
            account.caller,
            data.search_people_preview,
            preview_input(lookup.request),
        )
    if answer is not None:
        account.state.preview = Preview(lookup.request, answer)


def _current_preview(account: Account, request: Json) -> Preview | None:
    """Returns the last preview if it is of this request; otherwise forgets it.

    A click on the button of a preview that is forgotten sends nothing, and says so.
    """
    preview = account.state.preview
    if preview is None or preview.is_for(request):
        return preview
    account.state.preview = None
    if was_clicked(preview.button_key):
        st.warning(
            f"The preview was for {escape_markdown(person_label(preview.request))}, and you have "
            "changed something since. Nothing was sent. Preview again, or press Search.",
            icon=":material/edit:",
        )
    return None


def _show_preview(preview: Preview) -> bool:
    """Shows what a preview found; returns whether it found anyone."""
    whom = escape_markdown(person_label(preview.request))
    if text_at(preview.answer, "personId") is None:
        st.info(
            f"No match for {whom}. Searching won't cost anything, but it won't find anyone either.",
            icon=":material/person_off:",
        )
        return False
    has = _has(preview)
    email, phone = (
        "an email" if has["email"] else "no email",
        "a phone" if has["phone"] else "no phone",
    )
    st.success(f"Match found for {whom}: has {email}, {phone}.", icon=":material/person_check:")
    return True


def _has(preview: Preview) -> dict[str, bool]:
    """Which data points the person of a preview likely has, of those that a preview tells."""
    return {point: preview.answer.get(field) is True for point, field in PREVIEW_FIELDS.items()}


def _get_button(
    account: Account, preview: Preview, points: tuple[str, ...], note: DeltaGenerator
) -> Lookup | None:
    """Draws the button that buys what the preview found; returns what to send now, if anything."""
    has = _has(preview)
    known = Record(text_at(preview.answer, "personId"), has["email"], has["phone"], previewed=True)
    wanted = tuple(point for point in points if has.get(point, True))
    request = {"id": known.person, "limit": 1, **Quality.of(preview.request).fields()}
    labels = [DATA_POINTS[point].label.lower() for point in wanted] or ["profile"]

    def price(some: tuple[str, ...]) -> Estimate:
        return account.price("searchPeople", request, some, known)

    approved = paid_button(
        account,
        f"Get {' and '.join(labels)}",
        price(wanted),
        preview.button_key,
        request=(request, wanted),
        fitting=fewer_data_points(wanted, price),
        note=note,
        icon=":material/shopping_cart:",
    )
    return Lookup(request, wanted) if approved else None


# The search ---------------------------------------------------------------------------------------


def _send(account: Account, entered: Lookup, to_send: Lookup) -> None:
    """Sends a search whose price was agreed to, keeps its outcome and reruns the page.

    The preview before it is forgotten: what it offered is bought, or something else was searched.
    """
    request, points, _ = to_send
    account.state.preview = None
    search = account.state.people = Outcome(request, points, receipt=account.payments.receipt)
    arguments = (*account.caller, request, points, account.payments)
    with st.spinner("Searching …"):
        search.ask(0, partial(data.search_people, *arguments))
    account.recent.keep(entered.request, entered.points, search)
    refresh_balance_and_rerun(account)


def current_people(account: Account, lookup: Lookup) -> Outcome | None:
    """Returns this session's last search, or the answer that is kept of what is entered."""
    if account.state.people is None:
        account.state.people = account.recent.find(lookup.request, lookup.points)
    return account.state.people


def nobody_found(request: Json) -> str:
    """Returns what to say of a ``SearchPeopleInput`` that found nobody."""
    whom, only = escape_markdown(person_label(request)), Quality.of(request).label
    if only:
        return f"No match for {whom} meets your requirements ({only}). Loosen them under Options."
    return (
        f"No one was found for {whom}. Try the LinkedIn URL, or the name with the company's domain."
    )


# Recent people ------------------------------------------------------------------------------------


def recent_people(account: Account) -> None:
    """Draws the people looked up last, each to be opened again without sending anything."""
    shown = account.state.people
    searches = [
        search
        for search in account.recent.all()
        if _people_of(search) and (shown is None or search.outcome.at != shown.at)
    ]
    if not searches:
        return
    searches = searches[:MAX_RECENT_SHOWN]
    times = Counter(map(_name_of, searches))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("Recent, free to open again:", width="content")
        for search in searches:
            name = _name_of(search)
            label = name if times[name] == 1 else f"{name} · {_told_apart(search)}"
            st.button(
                escape_markdown(label),
                type="tertiary",
                key=f"recent_{search.outcome.at}",
                on_click=_reopen,
                args=(account, search),
            )


def _name_of(search: RecentSearch) -> str:
    first, *others = _people_of(search)
    more = f" and {count(len(others), 'other')}" if others else ""
    return (text_at(first, "name.fullName") or "No name") + more


def _told_apart(search: RecentSearch) -> str:
    """``Acme · Email + Phone``: where a person works, and what was requested of them."""
    first, *_ = _people_of(search)
    positions = positions_of(first, asked_by(search.outcome.request))
    company = text_at(positions[0], "companyInfo.name") if positions else None
    points = [DATA_POINTS[point].label for point in search.outcome.data_points]
    return " · ".join(filter(None, (company, " + ".join(points) or "Profile")))


def _people_of(search: RecentSearch) -> list[Json]:
    return rows_at(search.outcome.answers.get(0), "results")


def _reopen(account: Account, search: RecentSearch) -> None:
    """Shows the answers of a search again, and what was entered for it."""
    enter(account, search.request, search.data_points)
    account.state.people = search.reopened()


def enter(account: Account, request: Mapping[str, Any], points: tuple[str, ...]) -> None:
    """Fills the boxes with a ``SearchPeopleInput``; what was found before is no longer shown."""
    account.state.people = account.state.preview = None
    quality = Quality.of(request)
    entered: Mapping[str, Any] = {
        **entered_person(request),
        "points": [*points],
        "limit": request["limit"],
        "verified_emails": quality.verified_emails,
        "better_phones": quality.better_phones,
        "min_confidence": quality.min_confidence or None,
    }
    state.set_widget_values({f"people_{name}": value for name, value in entered.items()})
