"""Prints what the README says of speed, measured in one run on this machine."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

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
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as run:  # noqa: S603
            assert run.stdout  # noqa: S101
            for _line in range(3):
                run.stdout.readline()
            times.append((time.perf_counter() - begin) * 1000)
            run.terminate()
    return min(times)


def main() -> None:
    """The sandbox with 50,000 people, seen by the client over HTTP."""
    rows = [("cold start, 50,000 people", cold_start_ms())]
    with Sandbox(rpm=0, credits=10**9) as sandbox:
        client = LeadIQClient(
            sandbox.api_key,
            graphql_url=sandbox.graphql_url,
            prospector_url=sandbox.prospector_url,
            requests_per_minute=10**6,
        )
        plain = {"contactFilter": {"roles": ["Sales"], "seniorities": ["VP"]}}
        full = plain | {"companyFilter": {"technologies": ["Salesforce"]},
                        "sortContactsBy": ["NameAsc"]}  # fmt: skip
        ids = sandbox.world.person_ids
        rows += [
            ("account (the cost of a request)", median_ms(lambda _: client.account())),
            ("25 people, filtered",
             median_ms(lambda run: client.flat_advanced_search(
                 plain | {"skip": 25 * (run % 4)}, data_points=()))),
            ("25 people, filtered and sorted, with companies",
             median_ms(lambda run: client.flat_advanced_search(
                 full | {"skip": 25 * (run % 4)}, data_points={"company"}))),
            ("one person, all data points",
             median_ms(lambda run: client.search_people(
                 {"id": ids[run]}, data_points={"email", "phone", "company"}))),
        ]  # fmt: skip
    request = dict(rows)["account (the cost of a request)"]
    print("| what | ms | × a request |\n|---|---:|---:|")
    for name, milliseconds in rows:
        print(f"| {name} | {milliseconds:,.1f} | {milliseconds / request:,.1f} |")


if __name__ == "__main__":
    main()
