"""The sandbox's start, and single requests of the client to it, over HTTP."""

from __future__ import annotations

import subprocess
import sys
import time

from benchmarks.measure import Table, milliseconds, ratio
from benchmarks.servers import ROOT, client_of
from leadiq_sandbox import Sandbox

RUNS = 30
COLD_STARTS = 3  # the best is printed
PEOPLE_PER_PAGE = 25
DIFFERENT_PAGES = 4  # that runs alternate between
ACCOUNT_ROW = "account (the cost of a request)"  # the unit of the last column


def tables() -> list[Table]:
    """Measures requests to a sandbox with 50,000 people."""
    rows = {"cold start of the sandbox, 50,000 people": _cold_start(), **_requests()}
    account = rows[ACCOUNT_ROW]
    return [
        Table(
            ("request", "ms", "× a request"),
            [(name, f"{taken:,.1f}", ratio(taken, account)) for name, taken in rows.items()],
        )
    ]


def _cold_start() -> float:
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


def _requests() -> dict[str, float]:
    plain = {"contactFilter": {"roles": ["Sales"], "seniorities": ["VP"]}}
    full = plain | {
        "companyFilter": {"technologies": ["Salesforce"]},
        "sortContactsBy": ["NameAsc"],
    }
    with Sandbox(rpm=0, credits=10**9) as sandbox:
        client = client_of(sandbox)
        ids = sandbox.world.person_ids

        def search_plain(run: int) -> object:
            return client.flat_advanced_search(plain | _page(run), data_points=())

        def search_full(run: int) -> object:
            return client.flat_advanced_search(full | _page(run), data_points={"company"})

        def get_person(run: int) -> object:
            points = {"email", "phone", "company"}
            return client.search_people({"id": ids[run]}, data_points=points)

        calls = {
            ACCOUNT_ROW: lambda _run: client.account(),
            "25 people, filtered": search_plain,
            "25 people, filtered and sorted, with companies": search_full,
            "one person, all data points": get_person,
        }
        taken: dict[str, list[float]] = {name: [] for name in calls}
        for run in range(RUNS + 1):
            for name, call in calls.items():
                taken[name].append(milliseconds(lambda call=call, run=run: call(run)))  # type: ignore[misc]
        return {name: sorted(times[1:])[RUNS // 2] for name, times in taken.items()}


def _page(run: int) -> dict[str, int]:
    return {"skip": PEOPLE_PER_PAGE * (run % DIFFERENT_PAGES)}
