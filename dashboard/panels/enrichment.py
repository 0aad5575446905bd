"""Enriching people of a table: emails, phones and company information, with the price first."""

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
from dashboard.search.enriched import EnrichedPeople
from dashboard.search.outcome import Outcome
from dashboard.state import session
from dashboard.tables import frames
from dashboard.tables.api_json import rows_at
from dashboard.tables.contacts import asked_by
from dashboard.widgets.affordable import fewer_data_points, items
from dashboard.widgets.batch import send_batch
from dashboard.widgets.buttons import (
    data_points_input,
    paid_button,
    quality_input,
    refresh_balance_and_rerun,
    show_errors,
)
from dashboard.widgets.charge import charge_text, show_charge
from leadiq_api import DATA_POINTS, LeadIQError
from leadiq_api.credits import Estimate
from leadiq_api.quality import ANY_QUALITY, Quality

MAX_PEOPLE_AT_ONCE = 100  # people per click; each is a request

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


def enrich(account: Account, people: pd.DataFrame) -> None:
    """Lets the user choose data points for these people, and buys them when clicked."""
    with st.expander("Enrich with emails and phones", icon=":material/contact_mail:"):
        points = data_points_input(account, tuple(DATA_POINTS), "enrich_points")
        quality = quality_input(points, "enrich")
        ids = [*dict.fromkeys(people["person_id"].dropna())]
        remaining = data.enriched(account.fingerprint).without(ids, points)
        done = len(ids) - len(remaining)
        if done and points:
            st.caption(f"{count(done, 'person has', 'people have')} these already.")
        if len(remaining) > MAX_PEOPLE_AT_ONCE:
            st.caption(f"The first {MAX_PEOPLE_AT_ONCE} of {len(remaining):,} go at one press.")
            remaining = remaining[:MAX_PEOPLE_AT_ONCE]
        if not points:
            st.caption("Choose what you need; each is paid only where it is found.")
        elif remaining:
            _offer(account, points, quality, remaining, people)
        if account.state.enriched is not None:
            show_charge(account, account.state.enriched.receipt)
            show_errors(account.state.enriched)


def _offer(
    account: Account,
    points: tuple[str, ...],
    quality: Quality,
    ids: list[str],
    people: pd.DataFrame,
) -> None:
    requests = {id: {"id": id, "limit": 1, **quality.fields()} for id in ids}

    def price(ids: Sequence[str], some: tuple[str, ...]) -> Estimate:
        to_send = [
            requests[id]
            for id in ids
            if not data.is_cached(*account.caller, "searchPeople", requests[id], some)
        ]
        return account.payments.price_of_people(to_send, some)

    approved = paid_button(
        account,
        f"Enrich {count(len(ids), 'person', 'people')}",
        price(ids, points),
        "enrich",
        request=("enrich", ids, points, quality.fields()),
        fitting=items(
            "person",
            "people",
            lambda: [price([person_id], points).maximum for person_id in ids],
            fewer_data_points(points, lambda some: price(ids[:1], some)),
        ),
    )
    if approved:
        _enrich(account, points, requests, people)


def _enrich(
    account: Account,
    points: tuple[str, ...],
    requests: Mapping[str, dict[str, Any]],
    people: pd.DataFrame,
) -> None:
    """Sends the requests, each a ``SearchPeopleInput`` by the person's id."""
    ids = [*requests]
    names = dict(zip(people["person_id"], people["name"], strict=True))
    companies = dict(zip(people["person_id"], people["company"], strict=True))
    outcome = account.state.enriched = Outcome(
        {"ids": ids}, points, receipt=account.payments.receipt
    )
    enriched = data.enriched(account.fingerprint)

    def send(person_id: str) -> LeadIQError | None:
        name, request = str(names[person_id] or person_id), requests[person_id]
        call = partial(data.search_people, *account.caller, request, points, account.payments)
        error = outcome.ask(name, call)
        if name in outcome.answers:
            asked = asked_by({"company": {"name": companies[person_id]}})
            answered = frames.people(rows_at(outcome.answers[name], "results"), repeat(asked))
            values = _first_values(answered, points)
            # What was not good enough may be accepted later.
            has_all = Quality.of(request) == ANY_QUALITY
            enriched.add(person_id, points if has_all else _points_of(values, points), values)
        return error

    send_batch(ids, send, "Enriching …")
    session().flash_message = (
        f"Of {count(len(ids), 'person', 'people')}: {_summary(enriched, ids, points)}. "
        f"It is in the table. {charge_text(account, account.payments.receipt)}"
    )
    refresh_balance_and_rerun(account)


def _first_values(people: pd.DataFrame, points: tuple[str, ...]) -> dict[str, object]:
    """Returns the first person's values by column; None for each if there is nobody."""
    columns = [name for point in points for name in frames.COLUMNS_OF_DATA_POINT[point]]
    known = people[columns].head(1).dropna(axis="columns")
    return {name: known[name].iloc[0] if name in known else None for name in columns}


def _points_of(values: Mapping[str, object], points: tuple[str, ...]) -> list[str]:
    """Returns the data points of which there is a value."""
    return [
        point
        for point in points
        if any(values.get(name) for name in frames.COLUMNS_OF_DATA_POINT[point])
    ]


def _summary(enriched: EnrichedPeople, ids: list[str], points: tuple[str, ...]) -> str:
    """``2 with an email, 1 with a phone``: how many of the people have each data point now."""
    parts = []
    for point in points:
        columns = map(enriched.column, frames.COLUMNS_OF_DATA_POINT[point])
        people = {*ids} & {id for column in columns for id in column}
        parts.append(f"{len(people):,} with {DATA_POINTS[point].phrase}")
    return ", ".join(parts)
