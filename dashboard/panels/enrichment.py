"""Enriching people of a table: emails, phones and company information, with the price first."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from dashboard import data
from dashboard.account import Account
from dashboard.formatting import count
from dashboard.ledger.payments import STOPS_THE_BATCH
from dashboard.search.outcome import Outcome
from dashboard.state import session
from dashboard.tables import frames
from dashboard.tables.api_json import Json, rows_at
from dashboard.widgets.buttons import (
    data_points_input,
    paid_button,
    refresh_balance_and_rerun,
    show_errors,
)

MAX_PEOPLE_AT_ONCE = 100  # people of one press; each is a request

CONTACTS = (*frames.COLUMNS_OF_DATA_POINT["email"], *frames.COLUMNS_OF_DATA_POINT["phone"])


def with_contacts(account: Account, people: pd.DataFrame) -> pd.DataFrame:
    """The people with what enriching has found of them; a copy."""
    known = data.enriched(account.fingerprint)
    shown, ids = people.copy(), people["person_id"]
    for place, name in enumerate(CONTACTS):
        found = _found(known, name)
        values = ids.map(found).astype(object).where(ids.isin(found), None) if found else None
        shown.insert(shown.columns.get_loc("title") + 1 + place, name, values)
    for name in frames.COLUMNS_OF_DATA_POINT["company"]:
        found = _found(known, name)
        if found:
            shown[name] = shown[name].where(shown[name].notna(), ids.map(found))
    return shown


def _found(known: dict[str, Json], name: str) -> dict[str, str]:
    return {person: facts[name] for person, facts in known.items() if facts.get(name)}


def enrich(account: Account, people: pd.DataFrame) -> None:
    """Lets a person choose data points for these people, and gets them at a press."""
    with st.expander("Enrich with emails and phones", icon=":material/contact_mail:"):
        points = data_points_input(account, ("email", "phone", "company"), "enrich_points")
        ids = [*dict.fromkeys(people["person_id"].dropna())]
        known = data.enriched(account.fingerprint)
        left = [one for one in ids if not {*points} <= known.get(one, {}).get("points", set())]
        if len(left) < len(ids) and points:
            st.caption(f"{count(len(ids) - len(left), 'person has', 'people have')} these already.")
        if len(left) > MAX_PEOPLE_AT_ONCE:
            st.caption(f"The first {MAX_PEOPLE_AT_ONCE} of {len(left):,} go at one press.")
            left = left[:MAX_PEOPLE_AT_ONCE]
        if not points:
            st.caption("Choose what you need; each is paid only where it is found.")
        elif left:
            _offer(account, points, left, people)
        if account.state.enriched is not None:
            show_errors(account.state.enriched)


def _offer(account: Account, points: tuple[str, ...], ids: list[str], people: pd.DataFrame) -> None:
    requests = {one: {"id": one, "limit": 1} for one in ids}
    price = account.payments.price_of_people([*requests.values()], points)
    label = f"Enrich {count(len(ids), 'person', 'people')}"
    if not paid_button(account, label, price, "enrich", request=("enrich", ids, points)):
        return
    names = dict(zip(people["person_id"], people["name"], strict=True))
    outcome = account.state.enriched = Outcome({"ids": ids}, points)
    known = data.enriched(account.fingerprint)
    bar = st.progress(0.0, "Enriching …")
    for done, (one, request) in enumerate(requests.items(), 1):
        name = str(names[one] or one)
        ask = partial(data.search_people, *account.caller, request, points, account.payments)
        answered = outcome.ask(name, ask)
        if name in outcome.answers:
            _keep(known, one, points, frames.people(rows_at(outcome.answers[name], "results")))
        if not answered and isinstance(outcome.errors[name], STOPS_THE_BATCH):
            break  # it would go no better for the people after this one
        bar.progress(done / len(ids), f"{done:,} of {len(ids):,}")
    _tell(known, ids, points)
    refresh_balance_and_rerun(account, outcome)


def _keep(
    known: dict[str, Json], person: str, points: tuple[str, ...], found: pd.DataFrame
) -> None:
    facts = known.get(person, {})
    new = {
        name: found[name].iloc[0] if len(found) else None
        for point in points
        for name in frames.COLUMNS_OF_DATA_POINT[point]
    }
    known[person] = {**facts, **new, "points": facts.get("points", set()) | {*points}}


def _tell(known: dict[str, Json], ids: list[str], points: tuple[str, ...]) -> None:
    column = {"email": "work_email", "phone": "phone", "company": "domain"}
    told = [
        f"{sum(bool(known.get(one, {}).get(column[point])) for one in ids):,} with "
        + {"email": "an email", "phone": "a phone", "company": "company information"}[point]
        for point in points
    ]
    session().flash_message = (
        f"Of {count(len(ids), 'person', 'people')}: {', '.join(told)}. It is in the table."
    )
