"""The sandbox's start, and single requests of the client to it, over HTTP."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import cycle

from benchmarks.measure import Table, medians, milliseconds, ratio
from benchmarks.servers import ROOT, client_of
from leadiq_sandbox import Sandbox

RUNS = 30
COLD_STARTS = 5
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

    def start() -> float:
        before = time.perf_counter()
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as run:  # noqa: S603  our own command
            assert run.stdout  # noqa: S101  for mypy
            for _line in range(3):  # two lines about the server, then its key
                run.stdout.readline()
            taken = (time.perf_counter() - before) * 1000
            run.terminate()
        return taken

    return medians({"start": start}, COLD_STARTS)["start"]


def _requests() -> dict[str, float]:
    plain = {"contactFilter": {"roles": ["Sales"], "seniorities": ["VP"]}}
    full = plain | {
        "companyFilter": {"technologies": ["Salesforce"]},
        "sortContactsBy": ["NameAsc"],
    }
    with Sandbox(rpm=0, credits=10**9) as sandbox:
        client = client_of(sandbox)
        pages, people = cycle(range(DIFFERENT_PAGES)), iter(sandbox.world.person_ids)
        calls: dict[str, Callable[[], object]] = {
            ACCOUNT_ROW: client.account,
            "25 people, filtered": lambda: client.flat_advanced_search(
                plain | _page(next(pages)), data_points=()
            ),
            "25 people, filtered and sorted, with companies": lambda: client.flat_advanced_search(
                full | _page(next(pages)), data_points={"company"}
            ),
            "one person, all data points": lambda: client.search_people(
                {"id": next(people)}, data_points={"email", "phone", "company"}
            ),
        }
        return medians({name: partial(milliseconds, call) for name, call in calls.items()}, RUNS)


def _page(number: int) -> dict[str, int]:
    return {"skip": PEOPLE_PER_PAGE * number}
