"""Measures bulk jobs: against one request per person, at the key's limit, and their memory."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from benchmarks.measure import Table, medians, ratio
from dashboard.jobs import workflows
from dashboard.jobs.model import JobSettings, JobState, Row, RowKind, RowState
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
SPEED_RUNS = 5
LOOP_PEOPLE = 20  # of a loop that sends one request per person
JOB_PEOPLE = 2_000  # of a job
PACE_MINUTES = 2
PACE_PEOPLE = 4_000  # more than the limit lets through in that time
PACE_LIMIT = 60  # requests a minute, as LeadIQ allows
UNLIMITED = 999_999  # requests a minute
IDEAL_PACE = 1_500  # people a minute: 60 requests of 25
CREDITS = 10_000_000
POLL_SECONDS = 0.05
MINUTE_SECONDS = 60
PRICES = {name: str(price) for name, price in DEFAULT_PRICES.items()}


class Server(NamedTuple):
    """Where a sandbox is reached, and its API key."""

    url: str
    key: str


@dataclass(frozen=True)
class Pace:
    """At the key's limit: people a minute, requests, and how many of these were refused."""

    people_per_minute: float
    requests: int
    refused: int


@contextmanager
def sandbox_process(*options: str) -> Iterator[Server]:
    """Runs a sandbox in a process of its own."""
    command = [sys.executable, "-m", "leadiq_sandbox", "--port", "0", "--credits", str(CREDITS)]
    with subprocess.Popen(  # noqa: S603
        [*command, *options], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout  # noqa: S101
        _, url, key = (process.stdout.readline().split()[-1] for _ in range(3))
        try:
            yield Server(url, key)
        finally:
            process.terminate()


def client_of(server: Server, requests_per_minute: int) -> LeadIQClient:
    """Returns a client of that server."""
    return LeadIQClient(
        server.key,
        graphql_url=f"{server.url}/graphql",
        prospector_url=server.url,
        requests_per_minute=requests_per_minute,
    )


def start_job(ledger: Ledger, client: LeadIQClient, ids: list[str]) -> tuple[JobRecords, str]:
    """Starts a job that looks these people up with their emails; returns its records and id."""
    records = workflows.launch(ledger, client)
    rows = (
        Row(index, RowKind.PERSON, RowState.WAITING, f"id:{id}", {"id": id})
        for index, id in enumerate(ids)
    )
    job = records.create(client.fingerprint, "t", "t", JobSettings(("email",), PRICES), rows)
    workflows.start(job, client.fingerprint)
    return records, job


def is_running(records: JobRecords, job_id: str) -> bool:
    """Whether the job is still running."""
    job = records.job(job_id)
    return job is not None and job.state == JobState.RUNNING


def measure_speed(ids: list[str]) -> tuple[float, float]:
    """Returns people per second by one request for each person, and by a job."""
    people = iter(ids)
    with (
        sandbox_process("--rpm", "0", "--latency-ms", str(LATENCY_MS)) as server,
        tempfile.TemporaryDirectory() as folder,
    ):
        client, ledger = client_of(server, UNLIMITED), Ledger(f"sqlite:///{folder}/ledger.db")

        def loop() -> float:
            started = time.perf_counter()
            for id in islice(people, LOOP_PEOPLE):
                client.search_people({"id": id, "limit": 1}, data_points={"email"})
            return LOOP_PEOPLE / (time.perf_counter() - started)

        def job() -> float:
            started = time.perf_counter()
            records, job = start_job(ledger, client, [*islice(people, JOB_PEOPLE)])
            while is_running(records, job):
                time.sleep(POLL_SECONDS)
            return JOB_PEOPLE / (time.perf_counter() - started)

        pace = medians({"loop": loop, "job": job}, SPEED_RUNS)
        workflows.close()
        ledger.close()
    return pace["loop"], pace["job"]


def measure_pace(ids: list[str]) -> Pace:
    """Returns the pace of a job at 60 requests a minute."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Sandbox(people=PEOPLE, credits=CREDITS, rpm=PACE_LIMIT, latency_ms=LATENCY_MS) as sandbox,
    ):
        ledger = Ledger(f"sqlite:///{folder}/ledger.db")
        client = client_of(Server(sandbox.url, sandbox.api_key), PACE_LIMIT)
        records, job = start_job(ledger, client, ids[:PACE_PEOPLE])
        while not (first := records.progress(job).people.get(RowState.FOUND, 0)):
            time.sleep(POLL_SECONDS)
        time.sleep(PACE_MINUTES * MINUTE_SECONDS)
        found = records.progress(job).people.get(RowState.FOUND, 0) - first
        pace = Pace(found / PACE_MINUTES, len(sandbox.requests), sandbox.refused)
        workflows.close()
        ledger.close()
    return pace


def measure_memory(ids: list[str]) -> tuple[float, float]:
    """Returns the peak megabytes, and the seconds, of the command line over these people."""
    with (
        tempfile.TemporaryDirectory() as folder,
        sandbox_process("--rpm", "0") as server,
    ):
        file = Path(folder) / "people.csv"
        with file.open("w", newline="", encoding="utf-8") as out:
            writer = csv.writer(out)
            writer.writerow(["Row", "LeadIQ id"])
            writer.writerows(enumerate(ids))
        environment = os.environ | {
            "LEADIQ_API_KEY": server.key,
            "LEADIQ_GRAPHQL_URL": f"{server.url}/graphql",
            "LEADIQ_PROSPECTOR_URL": server.url,
            "LEADIQ_REQUESTS_PER_MINUTE": str(UNLIMITED),
            "LEADIQ_DATABASE_URL": f"sqlite:///{folder}/ledger.db",
        }
        command = [sys.executable, "-m", "dashboard.jobs", "enrich", str(file), "--yes"]
        command += ["--data-points", "email", "--out", f"{folder}/out.csv"]
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=environment)  # noqa: S603
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        assert os.waitstatus_to_exitcode(status) == 0  # noqa: S101
        with open(f"{folder}/out.csv", encoding="utf-8-sig") as out:
            assert sum(1 for _ in csv.reader(out)) == len(ids) + 1  # noqa: S101
    unit = 1 if sys.platform == "darwin" else 1024  # bytes of ``ru_maxrss``
    return usage.ru_maxrss * unit / 1e6, seconds


def tables() -> list[Table]:
    """Measures all of it, which takes six minutes."""
    ids = [*World(PEOPLE, round(PEOPLE / PEOPLE_PER_COMPANY), DEFAULT_SEED).person_ids]
    by_loop, by_job = measure_speed(ids)
    with ThreadPoolExecutor() as pool:
        paced = pool.submit(measure_pace, ids)  # which mostly waits for the limit
        megabytes, seconds = measure_memory(ids)
        pace = paced.result()
    rows = {
        f"one a request, {LATENCY_MS} ms latency, people a second": f"{by_loop:,.1f}",
        f"a job of {JOB_PEOPLE:,}, the same, people a second": f"{by_job:,.1f}",
        "a job × one a request": ratio(by_job, by_loop),
        "at 60 requests a minute, people a minute": f"{pace.people_per_minute:,.0f}",
        f"× the limit, which is {IDEAL_PACE:,}": ratio(pace.people_per_minute, IDEAL_PACE),
        "requests, refused of them": f"{pace.requests:,}, {pace.refused:,}",
        f"{PEOPLE:,} rows, once: MB at the peak": f"{megabytes:,.0f}",
        f"{PEOPLE:,} rows, once: seconds": f"{seconds:,.0f}",
    }
    return [Table(("bulk", "measured"), [*rows.items()])]
