"""How pages grow with their work: events of the ledger, prospects of a list, chips, exports."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from itertools import cycle
from pathlib import Path

import pandas as pd
from streamlit.testing.v1 import AppTest

from benchmarks.events import fill_ledger, fill_list
from benchmarks.measure import COST_HEADINGS, Table, in_turn, milliseconds, ratio
from benchmarks.reruns import FLOOR_ROW
from benchmarks.servers import FLOOR, ROOT, UNLIMITED_REQUESTS_PER_MINUTE, client_of, console, serve
from benchmarks.sessions import open_session
from dashboard.tables import frames
from dashboard.tables.export import csv_bytes, excel_bytes
from leadiq_sandbox import Sandbox

EVENTS = (1_000, 100_000, 1_000_000)
PROSPECTS = (1_000, 50_000)
EXPORTED = (10_000, 100_000)
CHIPS = (
    ["Seniority: VP"],
    ["Country: United States"],
    ["Employees: 51–200"],
    list[str](),
)
PAGES_LOADED = {1_000: "first 1,000", 10_000: "first 10,000"}


def usage_tables() -> list[Table]:
    """Measures a rerun of Usage by the number of events in its ledger."""
    rows = []
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
            name = f"Usage, {events:,} requests"
            costs = in_turn({FLOOR_ROW: (floor, trivial.rerun), name: (server, session.rerun)})
            assert not session.failed  # noqa: S101  a broken page would be fast
            rows.append((name, *costs[name].columns(costs[FLOOR_ROW])))
    return [Table(("rerun", *COST_HEADINGS), rows)]


def list_tables() -> list[Table]:
    """Measures the first look at a list, and a rerun, by the number of its prospects."""
    rows = []
    for prospects in PROSPECTS:
        with (
            Sandbox(people=100, rpm=0) as sandbox,
            serve(FLOOR) as floor,
            console(sandbox) as server,
            open_session(floor, "page_1") as trivial,
        ):
            fill_list(sandbox, "Pilots", prospects)
            with open_session(server, "lists") as session:
                costs = in_turn({FLOOR_ROW: (floor, trivial.rerun), "": (server, session.rerun)})
                assert not session.failed  # noqa: S101  a broken page would be fast
                kilobytes = f"{session.received / 1000:,.0f}"
                columns = costs[""].columns(costs[FLOOR_ROW])
                rows.append((f"Lists, {prospects:,} prospects", *columns, kilobytes))
    return [Table(("rerun", *COST_HEADINGS, "kB to the browser"), rows)]


def chip_tables() -> list[Table]:
    """Measures another chip of Advanced search, by the number of people loaded."""
    rows = []
    for people in PAGES_LOADED:
        with tempfile.TemporaryDirectory() as folder, Sandbox(rpm=0, credits=10**6) as sandbox:
            _configure(sandbox, folder)
            app = _page_with(people)
            chips = cycle(CHIPS)

            def press(app: AppTest = app, chips: cycle[list[str]] = chips) -> None:
                app.session_state["narrow"] = next(chips)
                app.run()

            taken = _median(press)
            assert not app.exception  # noqa: S101  a broken page would be fast
            rows.append((f"Advanced search, {people:,} people, another chip", f"{taken:,.0f}"))
    return [Table(("on the server", "ms"), rows)]


def _page_with(people: int) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "advanced_search.py"), default_timeout=600)
    app.session_state["limit"] = 100
    app.session_state["company_information"] = True
    app.session_state["load_up_to"] = people
    app.run().multiselect(key="work_emails").set_value(["Verified"])
    load = f"Load first {people:,} · "
    for label in ("Search · ", "Spend up to ", load, "Spend up to "):
        buttons = [button for button in app.button if button.label.startswith(label)]
        app = buttons[0].click().run() if buttons else app
    captions = " ".join(caption.value for caption in app.caption)
    assert PAGES_LOADED[people] in captions  # noqa: S101  all are loaded
    return app


def _configure(sandbox: Sandbox, folder: str) -> None:
    """Points the console, in this process, at the sandbox and at a ledger in the folder."""
    os.environ |= {
        "LEADIQ_API_KEY": sandbox.api_key,
        "LEADIQ_GRAPHQL_URL": sandbox.graphql_url,
        "LEADIQ_PROSPECTOR_URL": sandbox.prospector_url,
        "LEADIQ_REQUESTS_PER_MINUTE": str(UNLIMITED_REQUESTS_PER_MINUTE),
        "LEADIQ_DATABASE_URL": f"sqlite:///{Path(folder) / 'ledger.db'}",
    }


def export_tables() -> list[Table]:
    """Measures CSV and Excel files by the number of their rows."""
    rows = []
    for number in EXPORTED:
        people = _people(number)
        csv = _median(lambda people=people: csv_bytes(people), runs=5)  # type: ignore[misc]
        excel = _median(lambda people=people: excel_bytes(people), runs=5)  # type: ignore[misc]
        rows.append((f"{number:,} people", f"{csv:,.0f}", f"{excel:,.0f}", ratio(excel, csv)))
    return [Table(("export", "CSV, ms", "Excel, ms", "Excel × CSV"), rows)]


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
    return frames.found_people(found)


def _median(call: Callable[[], object], runs: int = 11) -> float:
    call()
    taken: Sequence[float] = sorted(milliseconds(call) for _ in range(runs))
    return taken[len(taken) // 2]
