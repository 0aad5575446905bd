"""Samples 01 to 10 in Bash, Python and TypeScript, each with what the one before it wrote."""

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright._impl._driver import compute_driver_executable

from leadiq_sandbox import Sandbox

SAMPLES = Path(__file__).with_name("samples")
# Playwright brings a Node that runs TypeScript.
COMMANDS = {
    "bash": ["bash", str(SAMPLES / "samples.sh")],
    "python": [sys.executable, str(SAMPLES / "samples.py")],
    "typescript": [compute_driver_executable()[0], str(SAMPLES / "samples.ts")],
}
VERDICTS = ("Verified", "VerifiedLikely", "Unverified", "Invalid")
EMAILS = ["a@x.example", "B@x.example", "b@X.example", "no address", "c+d@x.example"]

Run = Callable[[str], subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    with Sandbox(rpm=0) as running:  # the whole world: the samples search in New Hampshire
        yield running


@pytest.fixture(params=COMMANDS)
def run(request: pytest.FixtureRequest, server: Sandbox, tmp_path: Path) -> Run:
    """Runs a sample by its number, in a folder of this test."""
    command = COMMANDS[request.param]
    if request.param == "bash" and not (shutil.which("bash") and shutil.which("curl")):
        pytest.skip("curl is not installed")
    environment = {
        "GRAPHQL_URL": server.graphql_url,
        "PROSPECTOR_URL": server.prospector_url,
        "LEADIQ_API_KEY": server.api_key,
        "PATH": os.environ["PATH"],
    }

    def of(number: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, number],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return of


def printed(run: Run, number: str) -> str:
    done = run(number)
    assert done.returncode == 0, f"{number}: {done.stderr}"
    return done.stdout.strip()


def test_01_to_09_run_to_the_end(run: Run, server: Sandbox, tmp_path: Path) -> None:
    used = server.store.used
    assert printed(run, "01").lower() == "active"
    assert server.store.used == used
    assert 25 < int(printed(run, "02")) <= 50
    assert printed(run, "03") == "10"
    assert printed(run, "04") == "409"
    added = int(printed(run, "05"))
    assert 5 < added <= 10
    assert int(printed(run, "06")) == added + 1
    listed = server.store.prospects(100, None, list_id=(tmp_path / "list.txt").read_text().strip())
    with (tmp_path / "prospects.csv").open(encoding="utf-8", newline="") as file:
        rows = [*csv.DictReader(file)]
    assert [(row["id"], row["name"], row["work_email"]) for row in rows] == [
        (row["id"], row["name"], row.get("workEmail", "")) for row in listed[0]
    ]
    assert int(printed(run, "07")) >= 1
    assert printed(run, "08") in VERDICTS
    assert int(printed(run, "09")) == added


def test_10_takes_each_address_once_through_faults(
    run: Run, server: Sandbox, tmp_path: Path
) -> None:
    (tmp_path / "emails.csv").write_text("\n".join(["email", *EMAILS]) + "\n")
    used = server.store.used
    server.faults.choose(["429:3", "503:4"])
    assert printed(run, "10") == "4"
    results = (tmp_path / "results.csv").read_text()
    assert [line.split(",")[0] for line in results.splitlines()] == [
        "email",
        "a@x.example",
        "b@x.example",
        "c+d@x.example",
    ]
    assert (tmp_path / "errors.csv").read_text() == "email,error\nno address,malformed\n"
    assert float(server.store.used - used) == pytest.approx(0.3)
    (tmp_path / "emails.csv").write_text("\n".join(["email", *EMAILS, "e@x.example"]) + "\n")
    server.faults.choose(["402:1"])
    stopped = run("10")
    assert (stopped.returncode, stopped.stdout.strip()) == (1, "stopped: 402")
    server.faults.choose(["503:1"])
    assert run("10").returncode == 3
    assert (tmp_path / "results.csv").read_text() == results
    server.faults.choose([])
    assert printed(run, "10") == "5"
    assert float(server.store.used - used) == pytest.approx(0.4)
