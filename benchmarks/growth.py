"""How pages grow with their work: events of the ledger, prospects of a list, chips, exports."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import cycle

import pandas as pd

from benchmarks.events import fill_ledger, fill_list
from benchmarks.measure import COST_HEADINGS, Cost, Table, in_turn, medians, milliseconds, ratio
from benchmarks.reruns import FLOOR_ROW, confirm
from benchmarks.servers import FLOOR, Server, client_of, console, serve
from benchmarks.sessions import Session, open_session
from dashboard.tables import frames
from dashboard.tables.export import csv_bytes, excel_bytes
from leadiq_sandbox import Sandbox

EVENTS = (1_000, 100_000, 1_000_000)
PROSPECTS = (1_000, 50_000)
EXPORTED = (10_000, 100_000)
SLOW_RUNS = 5  # of what takes seconds
SEARCH = "work_emails=Verified&limit=100&company_information=true"
LOADED = (1_000, 10_000)  # people of that search
CHIPS = (["Seniority: VP"], ["Country: United States"], ["Employees: 51–200"])


def usage_tables() -> list[Table]:
    """Measures a rerun of Usage by the number of events in its ledger."""
    costs = []
    with (
        Sandbox(people=100, rpm=0) as sandbox,
        serve(FLOOR) as floor,
        console(sandbox) as server,
        open_session(floor, "page_1") as trivial,
        open_session(server, "usage") as session,
    ):
        account = client_of(sandbox).fingerprint
        for events in EVENTS:
            fill_ledger(server.ledger, account, events)
            costs.append(_beside_floor(floor, trivial, server, session, session.rerun))
    names = [f"Usage, {events:,} requests" for events in EVENTS]
    return [growth("rerun", names, costs)]


def list_tables() -> list[Table]:
    """Measures a rerun of a list by the number of its prospects, and, once, how long it is read."""
    costs, names = [], []
    for prospects in PROSPECTS:
        with (
            Sandbox(people=100, rpm=0) as sandbox,
            serve(FLOOR) as floor,
            console(sandbox) as server,
            open_session(floor, "page_1") as trivial,
        ):
            fill_list(sandbox, "Pilots", prospects)
            started = time.perf_counter()
            with open_session(server, "lists") as session:
                seconds = time.perf_counter() - started
                names.append(f"Lists, {prospects:,} prospects, read in {seconds:,.1f} s")
                costs.append(_beside_floor(floor, trivial, server, session, session.rerun))
    return [growth("rerun", names, costs)]


def chip_tables() -> list[Table]:
    """Measures another chart filter of Advanced search, by the number of people loaded."""
    costs = []
    with (
        Sandbox(rpm=0, credits=10**6) as sandbox,
        serve(FLOOR) as floor,
        console(sandbox) as server,
        open_session(floor, "page_1") as trivial,
    ):
        for _ in loaded_search(server):
            address = f"{SEARCH}&narrow={CHIPS[0][0]}"
            with open_session(server, "advanced_search", address) as session:
                chips = cycle(CHIPS)

                def choose(session: Session = session, chips: Iterator[list[str]] = chips) -> None:
                    session.enter("Chart filters", string_array_value={"data": next(chips)})
                    session.rerun()

                costs.append(_beside_floor(floor, trivial, server, session, choose))
    names = [f"Advanced search, {people:,} people" for people in LOADED]
    return [growth("another chart filter", names, costs)]


def loaded_search(server: Server) -> Iterator[int]:
    """Loads so many people of ``SEARCH`` for all sessions of the server's account, then more."""
    with open_session(server, "advanced_search", SEARCH) as session:
        session.click("Search · ")
        confirm(session)
        for people in LOADED:
            session.enter("Load up to", int_value=people)
            session.rerun()
            session.click(f"Load first {people:,}")
            confirm(session)
            assert not session.shows(f"Load first {people:,}")  # noqa: S101  all are loaded
            yield people


def _beside_floor(
    floor: Server,
    trivial: Session,
    server: Server,
    session: Session,
    call: Callable[[], object],
) -> tuple[Cost, Cost]:
    """Returns what a call of a session costs, and what a rerun of the floor does."""
    costs = in_turn({FLOOR_ROW: (floor, trivial.rerun), "": (server, call)})
    assert not session.failed  # noqa: S101  a broken page would be fast
    return costs[""], costs[FLOOR_ROW]


def growth(what: str, names: Sequence[str], costs: Sequence[tuple[Cost, Cost]]) -> Table:
    """Returns a table of costs, each with its floor's, and how often the first is in each."""
    smallest, _ = costs[0]
    rows = [
        (name, *cost.columns(floor), ratio(cost.milliseconds, smallest.milliseconds))
        for name, (cost, floor) in zip(names, costs, strict=True)
    ]
    return Table((what, *COST_HEADINGS, "× the first"), rows)


def export_tables() -> list[Table]:
    """Measures CSV and Excel files by the number of their rows, beside pandas' own."""
    rows, smallest = [], dict[str, float]()
    for number in EXPORTED:
        people = _people(number)
        calls = {
            "CSV": lambda people=people: csv_bytes(people),
            "CSV of pandas": lambda people=people: people.to_csv(index=False).encode(),
            "Excel": lambda people=people: excel_bytes(people),
            "Excel of pandas": lambda people=people: people.to_excel(
                io.BytesIO(), index=False, engine="openpyxl"
            ),
        }
        taken = medians(
            {name: partial(milliseconds, call) for name, call in calls.items()}, SLOW_RUNS
        )
        for kind in ("CSV", "Excel"):
            own, floor = taken[kind], taken[f"{kind} of pandas"]
            grown = ratio(own, smallest.setdefault(kind, own))
            rows.append(
                (f"{kind}, {number:,}", f"{own:,.0f}", f"{floor:,.0f}", ratio(own, floor), grown)
            )
    return [Table(("export, people", "ms", "pandas, ms", "× pandas", "× the first"), rows)]


def _people(number: int) -> pd.DataFrame:
    found = [
        {
            "id": f"{index:08}",
            "name": f"First {index} Last",
            "firstName": f"First {index}",
            "lastName": "Last",
            "title": "VP Sales",
            "company": {"name": f"Company {index % 300}", "employeeCount": index},
            "linkedinUrl": f"https://www.linkedin.com/in/p{index}",
        }
        for index in range(number)
    ]
    return frames.found_people(found).dropna(axis="columns", how="all")
