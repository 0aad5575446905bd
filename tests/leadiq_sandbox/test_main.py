"""``python -m leadiq_sandbox`` as a person starts it."""

import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from leadiq_api import AuthenticationError, LeadIQClient, RateLimitError, ServiceError
from leadiq_sandbox import Sandbox, UnknownFaultError
from leadiq_sandbox.faults import KINDS, Faults

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "leadiq_sandbox"]


def test_it_runs_prints_its_urls_and_key_and_ends() -> None:
    options = ["--port", "0", "--people", "50", "--credits", "7", "--rpm", "3", "--fault", "402:4",
               "--no-job-changes"]
    command = [*COMMAND, *options]
    with (
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as run,
        ExitStack() as failed,
    ):
        failed.callback(run.kill)  # or a failure would wait for the server's end for ever
        assert run.stdout
        lines = [run.stdout.readline().split() for _ in range(3)]
        urls = {line[0]: line[1] for line in lines}
        client = LeadIQClient(
            urls["Key"], graphql_url=urls["GraphQL"], prospector_url=urls["Prospector"],
            requests_per_minute=6000, deadline=0.1,  # as all tests of this key: it has one limiter
        )
        assert client.account()["universalPlan"]["available"] == 7
        changed = {"jobChangeFilter": {"jobChangeTypes": []}, "limit": 0}
        assert client.flat_advanced_search(changed, data_points=()) == {
            "totalPeople": 50, "people": [],
        }
        assert client.whoami()["team"]["name"] == "Sandbox"
        with pytest.raises(RateLimitError):
            client.account()
        run.send_signal(signal.SIGTERM)
        assert run.wait(10) == 0


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--fault", "smoke:2"], "KIND is one of 401, 402"),
        (["--fault", "402:0"], "EVERY_NTH is a whole number from 1"),
        (["--people", "0"], "0 is less than 1"),
        (["--port", "x"], "invalid"),
    ],
)
def test_bad_options_are_told(options: list[str], told: str) -> None:
    run = subprocess.run(
        [*COMMAND, *options], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 2
    assert told in run.stderr


def test_a_taken_port_is_told_in_a_line() -> None:
    with Sandbox(people=10) as sandbox:
        port = sandbox.url.rsplit(":", 1)[1]
        run = subprocess.run(
            [*COMMAND, "--port", port, "--people", "10"],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )
    assert run.returncode == 1
    assert run.stderr.splitlines() == [f"Port {port} cannot be used: Address already in use."]


def test_faults_count_their_own_requests() -> None:
    faults = Faults()
    faults.choose(["402:2", "lost:1"])
    reads = [faults.due(graphql=True, write=False) for _ in range(4)]
    assert reads == [None, "402", None, "402"]
    assert faults.due(graphql=False, write=True) == "lost"
    with pytest.raises(UnknownFaultError):
        faults.choose(["no-such-kind:1"])
    assert len(KINDS) == 21


def test_refusals_come_as_http_too() -> None:
    with Sandbox(people=10, http_errors=True, rpm=0) as sandbox:
        client = LeadIQClient("wrong-key", graphql_url=sandbox.graphql_url)
        import requests

        answer = requests.post(
            sandbox.graphql_url, json={"query": "{ account { plans { name } } }"}, timeout=5
        )
        assert answer.status_code == 401
        with pytest.raises(AuthenticationError):
            client.account()
    with pytest.raises(ServiceError):
        LeadIQClient("k", graphql_url=sandbox.graphql_url, deadline=0).account()
