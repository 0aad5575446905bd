"""What bulk jobs do: against a one-a-request loop, at the key's limit, and in how much memory."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dashboard.jobs import workflows
from dashboard.jobs.model import FOUND, PERSON, RUNNING, WAITING, JobSettings, Row
from dashboard.jobs.records import JobRecords
from dashboard.ledger.ledger import Ledger
from leadiq_api import LeadIQClient
from leadiq_api.credits import DEFAULT_PRICES
from leadiq_sandbox import Sandbox
from leadiq_sandbox.server import DEFAULT_SEED, PEOPLE_PER_COMPANY
from leadiq_sandbox.world import World

ROOT = Path(__file__).resolve().parents[1]
PEOPLE = 50_000
LATENCY_MS = 150
LOOPED = 60  # people of the one-a-request loop
RATIO_ROWS = 5_000
PACE_MINUTES = 2
PACE_ROWS = 4_000  # more than the limit lets through in that time
PRICES = {name: str(price) for name, price in DEFAULT_PRICES.items()}


@contextmanager
def sandbox_process(*options: str) -> Iterator[tuple[str, str]]:
    """A sandbox in a process of its own: (server, key)."""
    command = [sys.executable, "-m", "leadiq_sandbox", "--port", "0", "--credits", "10000000"]
    with subprocess.Popen(  # noqa: S603
        [*command, *options], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout  # noqa: S101
        told = [run.stdout.readline().split()[-1] for _ in range(3)]
        try:
            yield told[1], told[2]
        finally:
            run.terminate()


def client_of(server: str, key: str, requests_per_minute: int) -> LeadIQClient:
    """A client of that server."""
    return LeadIQClient(
        key,
        graphql_url=f"{server}/graphql",
        prospector_url=server,
        requests_per_minute=requests_per_minute,
    )


def started(ledger: Ledger, client: LeadIQClient, ids: list[str]) -> tuple[JobRecords, str]:
    """A job that looks these people up with their emails."""
    records = workflows.launch(ledger, client)
    found = (Row(place, PERSON, WAITING, f"id:{one}", {"id": one}) for place, one in enumerate(ids))
    job = records.create(client.fingerprint, "t", "t", JobSettings(("email",), PRICES), found)
    workflows.start(job, client.fingerprint)
    return records, job


def is_running(records: JobRecords, job: str) -> bool:
    """Whether the job is still at work."""
    found = records.job(job)
    return found is not None and found.state == RUNNING


def ratio(ids: list[str]) -> tuple[float, float]:
    """People a second: by a loop that asks for one a request, and by a job."""
    with sandbox_process("--rpm", "0", "--latency-ms", str(LATENCY_MS)) as (server, key):
        client = client_of(server, key, 1_000_000)
        begin = time.perf_counter()
        for one in ids[-LOOPED:]:
            client.search_people({"id": one, "limit": 1}, data_points={"email"})
        looped = LOOPED / (time.perf_counter() - begin)
        with tempfile.TemporaryDirectory() as folder:
            ledger = Ledger(f"sqlite:///{folder}/ledger.db")
            begin = time.perf_counter()
            records, job = started(ledger, client, ids[:RATIO_ROWS])
            while is_running(records, job):
                time.sleep(0.05)
            by_job = RATIO_ROWS / (time.perf_counter() - begin)
            workflows.close()
            ledger.close()
    return looped, by_job


def pace(ids: list[str]) -> tuple[float, int, int]:
    """At 60 requests a minute: people a minute, requests, and how many were refused."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Sandbox(people=PEOPLE, credits=10**7, rpm=60, latency_ms=LATENCY_MS) as sandbox,
    ):
        ledger = Ledger(f"sqlite:///{folder}/ledger.db")
        client = client_of(sandbox.url, sandbox.api_key, 60)
        records, job = started(ledger, client, ids[:PACE_ROWS])
        while not (first := records.progress(job).people.get(FOUND, 0)):
            time.sleep(0.05)
        time.sleep(PACE_MINUTES * 60)
        found = records.progress(job).people.get(FOUND, 0) - first
        requests, refused = len(sandbox.requests), sandbox.refused
        workflows.close()
        ledger.close()
    return found / PACE_MINUTES, requests, refused


def memory(ids: list[str]) -> tuple[float, float]:
    """The command line over ``PEOPLE`` rows: megabytes at its peak, and seconds."""
    with (
        tempfile.TemporaryDirectory() as folder,
        sandbox_process("--rpm", "0") as (server, key),
    ):
        file = Path(folder) / "people.csv"
        with file.open("w", newline="", encoding="utf-8") as out:
            writer = csv.writer(out)
            writer.writerow(["Row", "LeadIQ id"])
            writer.writerows(enumerate(ids))
        environment = os.environ | {
            "LEADIQ_API_KEY": key,
            "LEADIQ_GRAPHQL_URL": f"{server}/graphql",
            "LEADIQ_PROSPECTOR_URL": server,
            "LEADIQ_REQUESTS_PER_MINUTE": "1000000",
            "LEADIQ_DATABASE_URL": f"sqlite:///{folder}/ledger.db",
        }
        command = [
            sys.executable,
            "-m",
            "dashboard.jobs",
            "enrich",
            str(file),
            "--yes",
            "--data-points",
            "email",
            "--out",
            f"{folder}/out.csv",
        ]
        begin = time.perf_counter()
        run = subprocess.Popen(command, cwd=ROOT, env=environment)  # noqa: S603
        _, status, usage = os.wait4(run.pid, 0)
        seconds = time.perf_counter() - begin
        assert os.waitstatus_to_exitcode(status) == 0  # noqa: S101
        with open(f"{folder}/out.csv", encoding="utf-8-sig") as out:
            assert sum(1 for _ in csv.reader(out)) == len(ids) + 1  # noqa: S101
    unit = 1 if sys.platform == "darwin" else 1024
    return usage.ru_maxrss * unit / 1e6, seconds


def main() -> None:
    """Prints the table."""
    ids = World(PEOPLE, round(PEOPLE / PEOPLE_PER_COMPANY), DEFAULT_SEED).person_ids
    looped, by_job = ratio([*ids])
    a_minute, requests, refused = pace([*ids])
    megabytes, seconds = memory([*ids])
    print("| bulk | measured |\n|---|---:|")
    print(f"| one a request, {LATENCY_MS} ms latency, people a second | {looped:,.1f} |")
    print(f"| a job, the same, people a second | {by_job:,.1f} |")
    print(f"| a job × one a request | {by_job / looped:,.1f} |")
    print(f"| at 60 requests a minute, people a minute | {a_minute:,.0f} |")
    print(f"| of 1,500 | {a_minute / 1500:.0%} |")
    print(f"| requests, refused of them | {requests:,}, {refused:,} |")
    print(f"| {PEOPLE:,} rows, MB at the peak | {megabytes:,.0f} |")
    print(f"| {PEOPLE:,} rows, seconds | {seconds:,.0f} |")
