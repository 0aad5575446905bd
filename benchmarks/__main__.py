"""Prints what the README says of speed, measured in one run on this machine.

``python -m benchmarks bulk`` measures bulk jobs.
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
RUNS = 30


def median_ms(call: Callable[[int], object]) -> float:
    """Milliseconds of one call, the median of ``RUNS`` after one that is not counted."""
    times = []
    for run in range(RUNS + 1):
        begin = time.perf_counter()
        call(run)
        times.append((time.perf_counter() - begin) * 1000)
    return statistics.median(times[1:])


def cold_start_ms() -> float:
    """From ``python -m leadiq_sandbox`` to its printed key, the best of three."""
    command = [sys.executable, "-m", "leadiq_sandbox", "--port", "0"]
    times = []
    for _ in range(3):
        begin = time.perf_counter()
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as run:  # noqa: S603  our own command
            assert run.stdout  # noqa: S101  for the types
            for _line in range(3):
                run.stdout.readline()
            times.append((time.perf_counter() - begin) * 1000)
            run.terminate()
    return min(times)


def usage_page_rows() -> list[tuple[str, float]]:
    """The Usage page's server time with an empty ledger and with a million events."""
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
        fill(f"{folder}/ledger.db", fingerprint, events=1_000_000)
        rows.append(("the Usage page, 1,000,000 events", median_ms(lambda _: app.run())))
        assert not app.exception  # noqa: S101  a benchmark of a broken page tells nothing
    return rows


def advanced_page_rows() -> list[tuple[str, float]]:
    """The Advanced search page's server time with 10,000 people loaded: another chip each run."""
    with tempfile.TemporaryDirectory() as folder, Sandbox(rpm=0, credits=10**6) as sandbox:
        _configure(sandbox, folder)
        app = AppTest.from_file(str(ROOT / "pages" / "advanced_search.py"), default_timeout=300)
        app.session_state["limit"] = 100
        app.session_state["company_information"] = True
        app.session_state["load_up_to"] = 10_000
        app.run().multiselect(key="work_emails").set_value(["Verified"])
        for label in ("Search · ", "Go on · ", "Load all up to 10,000 · ", "Go on · "):
            app = next(one for one in app.button if one.label.startswith(label)).click().run()
        told = [one.value for one in app.caption]
        assert any(one.startswith("10,000 people of") for one in told)  # noqa: S101  its premise
        chips = (["Seniority: VP"], ["Country: United States"], ["Employees: 51–200"], [])

        def narrow(run: int) -> None:
            app.session_state["narrow"] = chips[run % len(chips)]
            app.run()

        row = ("the Advanced search page, 10,000 people, another chip", median_ms(narrow))
        assert not app.exception  # noqa: S101  the measure's premise
        return [row]


def _configure(sandbox: Sandbox, folder: str) -> None:
    os.environ |= {
        "LEADIQ_API_KEY": sandbox.api_key,
        "LEADIQ_GRAPHQL_URL": sandbox.graphql_url,
        "LEADIQ_PROSPECTOR_URL": sandbox.prospector_url,
        "LEADIQ_REQUESTS_PER_MINUTE": "1000000",
        "LEADIQ_DATABASE_URL": f"sqlite:///{folder}/ledger.db",
    }


def fill(file: str, account: str, *, events: int) -> None:
    """That many settled events of the last thirty days, and the sums that go with them."""
    now = int(time.time() * 1000)
    with sqlite3.connect(file) as db:
        db.execute(
            "INSERT INTO events (at, account, user, page, operation, data_points, asked, returned,"
            " least, most, charge, state) WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL"
            " SELECT i + 1 FROM n WHERE i + 1 < ?) SELECT ? - i * 2592, ?, 'local',"
            " CASE i % 3 WHEN 0 THEN 'People search' WHEN 1 THEN 'Company search' ELSE 'Jobs' END,"
            " 'searchPeople', CASE i % 2 WHEN 0 THEN 'email' ELSE 'email,phone' END,"
            " 1, 1, 0, 1000, 1000, 'settled' FROM n",
            (events, now, account),
        )
        db.execute(
            "INSERT INTO days SELECT account, at / 86400000, page, operation, data_points,"
            " count(*), sum(returned), count(*), sum(charge) FROM events GROUP BY 1, 2, 3, 4, 5"
        )


def main() -> None:
    """The sandbox with 50,000 people, seen by the client over HTTP; then the Usage page."""
    rows = [("cold start, 50,000 people", cold_start_ms())]
    with Sandbox(rpm=0, credits=10**9) as sandbox:
        client = LeadIQClient(
            sandbox.api_key,
            graphql_url=sandbox.graphql_url,
            prospector_url=sandbox.prospector_url,
            requests_per_minute=10**6,
        )
        plain = {"contactFilter": {"roles": ["Sales"], "seniorities": ["VP"]}}
        full = plain | {
            "companyFilter": {"technologies": ["Salesforce"]},
            "sortContactsBy": ["NameAsc"],
        }
        ids = sandbox.world.person_ids
        rows += [
            ("account (the cost of a request)", median_ms(lambda _: client.account())),
            (
                "25 people, filtered",
                median_ms(
                    lambda run: client.flat_advanced_search(
                        plain | {"skip": 25 * (run % 4)}, data_points=()
                    )
                ),
            ),
            (
                "25 people, filtered and sorted, with companies",
                median_ms(
                    lambda run: client.flat_advanced_search(
                        full | {"skip": 25 * (run % 4)}, data_points={"company"}
                    )
                ),
            ),
            (
                "one person, all data points",
                median_ms(
                    lambda run: client.search_people(
                        {"id": ids[run]}, data_points={"email", "phone", "company"}
                    )
                ),
            ),
        ]
    rows += usage_page_rows()
    rows += advanced_page_rows()
    request = dict(rows)["account (the cost of a request)"]
    print("| what | ms | × a request |\n|---|---:|---:|")
    for name, milliseconds in rows:
        print(f"| {name} | {milliseconds:,.1f} | {milliseconds / request:,.1f} |")


if __name__ == "__main__":
    from benchmarks.bulk import main as bulk

    bulk() if sys.argv[1:] == ["bulk"] else main()
