"""Enriching people of a table: emails, phones and company data, with the price first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import repeat
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import data
from dashboard.account import Account
from dashboard.formatting import count
from dashboard.search.outcome import Outcome
from dashboard.state import session
from dashboard.tables import frames
from dashboard.tables.api_json import rows_at
from dashboard.tables.contacts import asked_by
from dashboard.widgets.affordable import items
from dashboard.widgets.batch import send_batch
from dashboard.widgets.buttons import (
    paid_button,
    quality_input,
    refresh_balance_and_rerun,
    show_errors,
)
from dashboard.widgets.charge import charge_text
from leadiq_api import DATA_POINTS, LeadIQError
from leadiq_api.credits import Estimate
from leadiq_api.data_points import COMPANY, EMAIL, PHONE
from leadiq_api.quality import ANY_QUALITY, Quality

MAX_PEOPLE_AT_ONCE = 100  # people per click; each is a request

NONE_FOUND = "none found"
BUTTONS = {
    EMAIL.id: ("Get emails", ":material/mail:"),
    PHONE.id: ("Get phones", ":material/call:"),
    COMPANY.id: ("Get company data", ":material/domain:"),
}
NOUNS = {
    EMAIL.id: ("email", "emails"),
    PHONE.id: ("phone", "phones"),
    COMPANY.id: ("company", "companies"),
}
DONE_HELP = "You have requested these for everyone here already."

CONTACT_COLUMNS = (*frames.COLUMNS_OF_DATA_POINT["email"], *frames.COLUMNS_OF_DATA_POINT["phone"])


def with_contacts(account: Account, people: pd.DataFrame) -> pd.DataFrame:
    """Returns a copy of the people with the data points that were bought of them."""
    enriched = data.enriched(account.fingerprint)
    people, ids = people.copy(), people["person_id"]
    first = people.columns.get_loc("title") + 1
    for index, name in enumerate(CONTACT_COLUMNS, first):
        values = enriched.column(name)
        known = ids.map(values).astype(object).where(ids.isin(values), None) if values else None
        people.insert(index, name, known)
    for name in frames.COLUMNS_OF_DATA_POINT["company"]:
        values = enriched.column(name)
        if values:
            bought = ids.map(values)
            known = people.get(name, bought)
            people[name] = known.where(known.notna(), bought)
    return people


def with_notes(account: Account, people: pd.DataFrame) -> pd.DataFrame:
    """Returns a copy of the people that says where a requested email or phone was not found."""
    noted = people.copy()
    for name in CONTACT_COLUMNS:
        requested = noted["person_id"].isin(data.enriched(account.fingerprint).requested(name))
        noted[name] = noted[name].mask(requested & noted[name].isna(), NONE_FOUND)
    return noted


def enrich_buttons(account: Account, people: pd.DataFrame, offered: Sequence[str]) -> None:
    """Draws a button for each data point, with its price, that buys it for these people.

    Emails and phones are in sight; company data is among the options, with what is good enough.
    """
    contacts = [point for point in offered if point != COMPANY.id]
    places = {point: st.container(width="content") for point in contacts}
    options = st.popover("Options", icon=":material/tune:")
    with options:
        quality = quality_input(tuple(DATA_POINTS), "enrich")
    if COMPANY.id in offered:
        places[COMPANY.id] = options
    ids = [*dict.fromkeys(people["person_id"].dropna())]
    for point, place in places.items():
        with place:
            _offer(account, point, quality.of_points((point,)), ids, people)


def show_enrichment(account: Account) -> None:
    """Shows what the last enrichment found and was charged, and its errors."""
    outcome = account.state.enriched
    if outcome is not None and outcome.receipt is not None:
        st.caption(f":material/receipt_long: {_summary(account, outcome)}")
        show_errors(outcome, outcome.request["names"])


def _offer(
    account: Account, point: str, quality: Quality, ids: Sequence[str], people: pd.DataFrame
) -> None:
    remaining = data.enriched(account.fingerprint).without(ids, (point,))[:MAX_PEOPLE_AT_ONCE]
    label, icon = BUTTONS[point]
    if not remaining:
        st.button(
            f"{label} · done", icon=icon, key=f"enriched_{point}", disabled=True, help=DONE_HELP
        )
        return
    if len(remaining) < len(ids):
        label = f"{label} for {len(remaining):,}"
    requests = {id: {"id": id, "limit": 1, **quality.fields()} for id in remaining}

    def price(ids: Sequence[str]) -> Estimate:
        to_send = [
            requests[id]
            for id in ids
            if not data.is_cached(*account.caller, "searchPeople", requests[id], (point,))
        ]
        return account.payments.price_of_people(to_send, (point,))

    approved = paid_button(
        account,
        label,
        price(remaining),
        f"enrich_{point}",
        request=("enrich", remaining, [point], quality.fields()),
        fitting=items(
            "person", "people", lambda: [price([person_id]).maximum for person_id in remaining]
        ),
        note=False,
        icon=icon,
        type="primary" if point == EMAIL.id else "secondary",
    )
    if approved:
        _enrich(account, (point,), requests, people)


def _enrich(
    account: Account,
    points: tuple[str, ...],
    requests: Mapping[str, dict[str, Any]],
    people: pd.DataFrame,
) -> None:
    """Sends the requests, each a ``SearchPeopleInput`` by the person's id."""
    ids = [*requests]
    names = dict(zip(people["person_id"], people["name"].fillna(people["person_id"]), strict=True))
    companies = dict(zip(people["person_id"], people["company"], strict=True))
    outcome = account.state.enriched = Outcome(
        {"ids": ids, "names": names}, points, receipt=account.payments.receipt
    )
    enriched = data.enriched(account.fingerprint)

    def send(person_id: str) -> LeadIQError | None:
        request = requests[person_id]
        call = partial(data.search_people, *account.caller, request, points, account.payments)
        error = outcome.ask(person_id, call)
        if person_id in outcome.answers:
            asked = asked_by({"company": {"name": companies[person_id]}})
            answered = frames.people(rows_at(outcome.answers[person_id], "results"), repeat(asked))
            values = _first_values(answered, points)
            if error is not None:  # what is missing beside it may be there
                values = {name: value for name, value in values.items() if value is not None}
            # What was not good enough may be accepted later.
            has_all = error is None and Quality.of(request) == ANY_QUALITY
            enriched.add(person_id, points if has_all else _points_of(values, points), values)
        return error

    send_batch(ids, send, "Looking people up…")
    session().flash_message = _summary(account, outcome)
    refresh_balance_and_rerun(account)


def _first_values(people: pd.DataFrame, points: tuple[str, ...]) -> dict[str, object]:
    """Returns the first person's values by column; None for each if there is nobody."""
    columns = [name for point in points for name in frames.COLUMNS_OF_DATA_POINT[point]]
    if people.empty:
        return dict.fromkeys(columns)
    first = people.iloc[0].dropna()
    return {name: first.get(name) for name in columns}


def _points_of(values: Mapping[str, object], points: tuple[str, ...]) -> list[str]:
    """Returns the data points of which there is a value."""
    return [
        point
        for point in points
        if any(values.get(name) for name in frames.COLUMNS_OF_DATA_POINT[point])
    ]


def _summary(account: Account, outcome: Outcome) -> str:
    """``Found 2 emails for 3 people · Charged 2 UC``."""
    ids, enriched = outcome.request["ids"], data.enriched(account.fingerprint)
    found = []
    for point in outcome.data_points:
        columns = map(enriched.column, frames.COLUMNS_OF_DATA_POINT[point])
        having = {person_id for column in columns for person_id in column}
        found.append(count(len(having & {*ids}), *NOUNS[point]))
    charge = charge_text(account, outcome.receipt or ())
    return f"Found {' and '.join(found)} for {count(len(ids), 'person', 'people')} · {charge}"
