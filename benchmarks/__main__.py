"""Measures speed on this machine in one run, and prints the tables of the documentation.

``python -m benchmarks`` measures the sandbox and the pages; ``python -m benchmarks bulk`` measures
bulk jobs.
"""

from __future__ import annotations

import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from benchmarks.bulk import main as bulk
from leadiq_api import LeadIQClient
from leadiq_sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[1]
RUNS = 30  # of each measurement; the median is printed
COLD_STARTS = 3  # the best is printed
PEOPLE_PER_PAGE = 25
DIFFERENT_PAGES = 4  # that runs alternate between
UNLIMITED_REQUESTS_PER_MINUTE = 10**6
ACCOUNT_ROW = "account (the cost of a request)"  # the unit of the last column

Row = tuple[str, float]  # what was measured, milliseconds

# Settled events, 2,592 ms apart: a million of them span thirty days.
INSERT_EVENTS = (
    "INSERT INTO events (at, account, user, page, operation, data_points, asked, returned,"
    " least, most, charge, state, settlement) WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL"
    " SELECT i + 1 FROM n WHERE i + 1 < ?) SELECT ? - i * 2592, ?, 'local',"
    " CASE i % 3 WHEN 0 THEN 'People search' WHEN 1 THEN 'Company search' ELSE 'Jobs' END,"
    " 'searchPeople', CASE i % 2 WHEN 0 THEN 'email' ELSE 'email,phone' END,"
    " 1, 1, 0, 1000, 1000, 'settled', i + 1 FROM n"
)
SUM_EVENTS_BY_DAY = (
    "INSERT INTO days SELECT account, at / 86400000, page, operation, data_points,"
    " count(*), sum(returned), count(*), sum(charge) FROM events GROUP BY 1, 2, 3, 4, 5"
)


def median_ms(call: Callable[[int], object]) -> float:
    """Returns the median milliseconds of ``RUNS`` calls, after one that is not counted.

    Each call receives the number of its run.
    """
    times = []
    for run in range(RUNS + 1):
        start = time.perf_counter()
        call(run)
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times[1:])


def cold_start_ms() -> float:
    """Returns the milliseconds from ``python -m leadiq_sandbox`` to its printed key."""
    command = [sys.executable, "-m", "leadiq_sandbox", "--port", "0"]
    times = []
    for _ in range(COLD_STARTS):
        start = time.perf_counter()
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as run:  # noqa: S603  our own command
            assert run.stdout  # noqa: S101  for mypy
            for _line in range(3):  # two lines about the server, then its key
                run.stdout.readline()
            times.append((time.perf_counter() - start) * 1000)
            run.terminate()
    return min(times)


def client_rows() -> list[Row]:
    """Measures requests of the client to the sandbox with 50,000 people, over HTTP."""
    plain = {"contactFilter": {"roles": ["Sales"], "seniorities": ["VP"]}}
    full = plain | {
        "companyFilter": {"technologies": ["Salesforce"]},
        "sortContactsBy": ["NameAsc"],
    }
    with Sandbox(rpm=0, credits=10**9) as sandbox:
        client = LeadIQClient(
            sandbox.api_key,
            graphql_url=sandbox.graphql_url,
            prospector_url=sandbox.prospector_url,
            requests_per_minute=UNLIMITED_REQUESTS_PER_MINUTE,
        )
        ids = sandbox.world.person_ids

        def search_plain(run: int) -> object:
            return client.flat_advanced_search(plain | _page(run), data_points=())

        def search_full(run: int) -> object:
            return client.flat_advanced_search(full | _page(run), data_points={"company"})

        def get_person(run: int) -> object:
            points = {"email", "phone", "company"}
            return client.search_people({"id": ids[run]}, data_points=points)

        return [
            (ACCOUNT_ROW, median_ms(lambda _: client.account())),
            ("25 people, filtered", median_ms(search_plain)),
            ("25 people, filtered and sorted, with companies", median_ms(search_full)),
            ("one person, all data points", median_ms(get_person)),
        ]


def _page(run: int) -> dict[str, int]:
    return {"skip": PEOPLE_PER_PAGE * (run % DIFFERENT_PAGES)}


def usage_page_rows() -> list[Row]:
    """Measures the Usage page on the server, with an empty ledger and with a million events."""
    rows = []
    with tempfile.TemporaryDirectory() as folder, Sandbox(people=100, rpm=0) as sandbox:
        _configure(sandbox, folder)
        app = AppTest.from_file(str(ROOT / "pages" / "usage.py"), default_timeout=60)
        rows.append(("the Usage page, empty ledger", median_ms(lambda _: app.run())))
        fingerprint = LeadIQClient(
            sandbox.api_key,
            graphql_url=sandbox.graphql_url,
            prospector_url=sandbox.prospector_url,
        ).fingerprint
        fill_ledger(f"{folder}/ledger.db", fingerprint, events=1_000_000)
        rows.append(("the Usage page, 1,000,000 events", median_ms(lambda _: app.run())))
        assert not app.exception  # noqa: S101  a broken page would be fast
    return rows


def advanced_page_rows() -> list[Row]:
    """Measures the Advanced search page on the server with 10,000 people: a new chip each run."""
    with tempfile.TemporaryDirectory() as folder, Sandbox(rpm=0, credits=10**6) as sandbox:
        _configure(sandbox, folder)
        app = _page_with_10_000_people()
        chips: tuple[list[str], ...] = (
            ["Seniority: VP"],
            ["Country: United States"],
            ["Employees: 51–200"],
            [],
        )

        def filter_by_chip(run: int) -> None:
            app.session_state["narrow"] = chips[run % len(chips)]
            app.run()

        label = "the Advanced search page, 10,000 people, another chip"
        rows = [(label, median_ms(filter_by_chip))]
        assert not app.exception  # noqa: S101  a broken page would be fast
        return rows


def _page_with_10_000_people() -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "advanced_search.py"), default_timeout=300)
    app.session_state["limit"] = 100
    app.session_state["company_information"] = True
    app.session_state["load_up_to"] = 10_000
    app.run().multiselect(key="work_emails").set_value(["Verified"])
    for label in ("Search · ", "Spend up to ", "Load first 10,000 · ", "Spend up to "):
        app = next(button for button in app.button if button.label.startswith(label)).click().run()
    captions = [caption.value for caption in app.caption]
    assert "first 10,000 of" in " ".join(captions)  # noqa: S101  all are loaded
    return app


def _configure(sandbox: Sandbox, folder: str) -> None:
    """Points the dashboard, by its environment, at the sandbox and at a ledger in the folder."""
    os.environ |= {
        "LEADIQ_API_KEY": sandbox.api_key,
        "LEADIQ_GRAPHQL_URL": sandbox.graphql_url,
        "LEADIQ_PROSPECTOR_URL": sandbox.prospector_url,
        "LEADIQ_REQUESTS_PER_MINUTE": str(UNLIMITED_REQUESTS_PER_MINUTE),
        "LEADIQ_DATABASE_URL": f"sqlite:///{folder}/ledger.db",
    }


def fill_ledger(file: str, account: str, *, events: int) -> None:
    """Adds settled events of the account, the newest now, and their sums by day."""
    now = int(time.time() * 1000)
    with sqlite3.connect(file) as db:
        db.execute(INSERT_EVENTS, (events, now, account))
        db.execute(SUM_EVENTS_BY_DAY)


def main() -> None:
    """Prints the table of the sandbox, the client and the pages."""
    rows = [("cold start, 50,000 people", cold_start_ms())]
    rows += [*client_rows(), *usage_page_rows(), *advanced_page_rows()]
    request = dict(rows)[ACCOUNT_ROW]
    print("| what | ms | × a request |\n|---|---:|---:|")
    for name, milliseconds in rows:
        print(f"| {name} | {milliseconds:,.1f} | {milliseconds / request:,.1f} |")


if __name__ == "__main__":
    bulk() if sys.argv[1:] == ["bulk"] else main()
