"""``python -m leadiq_sandbox`` as a user starts it."""

import base64
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
import requests

from leadiq_api import InsufficientCreditsError, LeadIQClient
from leadiq_sandbox import Sandbox
from leadiq_sandbox.__main__ import _parser, main
from leadiq_sandbox.faults import KINDS
from leadiq_sandbox.prospector import SALESFORCE
from leadiq_sandbox.tracking import STATES

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "leadiq_sandbox"]


@contextmanager
def serving(*options: str, **environment: str) -> Iterator[tuple[LeadIQClient, subprocess.Popen]]:
    """The server with these options, a client of what it printed, and its end by a signal."""
    command = [*COMMAND, "--port", "0", "--people", "50", *options]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with (
        subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, **pipes) as run,
        ExitStack() as failed,
    ):
        failed.callback(run.kill)  # or a failure would wait for the server's end for ever
        urls = dict(run.stdout.readline().split() for _ in range(3))
        yield (
            LeadIQClient(
                urls["Key"],
                graphql_url=urls["GraphQL"],
                prospector_url=urls["Prospector"],
                requests_per_minute=6000,
                deadline=0.1,
            ),
            run,
        )
        run.send_signal(signal.SIGTERM)
        assert run.wait(60) == 0


WAIT_OFTEN = """
import os, random, signal, sys, threading

from leadiq_sandbox.__main__ import _wait_for_a_signal

signal.signal(signal.SIGTERM, lambda *_: None)
sys.setswitchinterval(1e-6)
for _ in range(5_000):
    is_over = threading.Event()

    def send():
        for _ in range(random.randrange(3_000)):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        while not is_over.wait(0.001):
            os.kill(os.getpid(), signal.SIGTERM)

    sender = threading.Thread(target=send)
    sender.start()
    _wait_for_a_signal()
    is_over.set()
    sender.join()
"""


def test_a_signal_ends_it_at_whatever_moment_it_arrives() -> None:
    subprocess.run([sys.executable, "-c", WAIT_OFTEN], cwd=ROOT, check=True, timeout=240)


def test_it_runs_prints_its_urls_and_key_and_ends() -> None:
    options = ["--credits", "7", "--rpm", "3", "--fault", "402:4", "--no-job-changes"]
    with serving(*options) as (client, _):
        graphql_url = re.search(r"graphql_url='(.+?)'", repr(client))[1]
        assert client.account()["universalPlan"]["available"] == 7
        changed = {"jobChangeFilter": {"jobChangeTypes": []}, "limit": 0}
        assert client.flat_advanced_search(changed, data_points=()) == {
            "totalPeople": 50,
            "people": [],
        }
        assert client.whoami()["team"]["name"] == "Sandbox"
        # A client of this key now keeps to what Prospector's answer has announced.
        headers = {"Authorization": f"Basic {base64.b64encode(b'leadiq-sandbox-key').decode()}"}
        body = {"query": "{ account { plans { name } } }"}
        answer = requests.post(graphql_url, json=body, headers=headers, timeout=60).json()
        assert answer["errors"][0]["extensions"]["response"]["status"] == 429


@pytest.mark.parametrize(
    ("options", "used", "available"),
    [
        ("", 3, 97),
        ("--always-deduct", 6, 94),
        ("--charge-repeats", 6, 94),
        ("--profile-beside-company", 4, 96),
        ("--profile-beside-company --rounding truncated", 3, 96),
        ("--balance-delay 3600", 0, 100),
        ("--colleague 6000000", 100, 0),
    ],
)
def test_it_is_as_unkind_as_asked_for(options: str, used: int, available: int) -> None:
    with serving("--credits", "100", "--rpm", "0", *options.split()) as (client, _):
        page = {"limit": 1}
        for _ in range(2):
            with suppress(InsufficientCreditsError):  # the colleague has taken all of it
                client.flat_advanced_search(page, data_points={"company"})
        plan = client.account()["universalPlan"]
        assert (plan["used"], plan["available"]) == (used, available)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--fault", "smoke:2"], "KIND is one of 401, 402"),
        (["--fault", "402:0"], "EVERY_NTH is a whole number from 1"),
        (["--people", "0"], "0 is less than 1"),
        (["--port", "x"], "invalid"),
    ],
)
def test_bad_options_are_reported(options: list[str], message: str) -> None:
    run = subprocess.run(
        [*COMMAND, *options], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 2
    assert message in run.stderr


def test_a_taken_port_is_reported_in_a_line() -> None:
    with Sandbox(people=10) as sandbox:
        port = sandbox.url.rsplit(":", 1)[1]
        run = subprocess.run(
            [*COMMAND, "--port", port, "--people", "10"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert run.returncode == 1
    assert run.stderr.splitlines() == [f"Port {port} cannot be used: Address already in use."]


def test_it_logs_by_the_environment() -> None:
    with serving(LEADIQ_LOG_LEVEL="info", LEADIQ_LOG_FORMAT="json") as (client, run):
        client.account()
        row = json.loads(run.stderr.readline())
        assert row["logger"] == "leadiq_sandbox"
        assert (row["level"], row["operation"], row["status"]) == ("info", "account", 200)


@pytest.mark.parametrize("name", ["LEADIQ_LOG_LEVEL", "LEADIQ_LOG_FORMAT"])
def test_a_bad_setting_of_the_log_is_named(name: str) -> None:
    run = subprocess.run(
        COMMAND,
        cwd=ROOT,
        env=os.environ | {name: "loud"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2
    assert f"{name} is 'loud'; it must be one of" in run.stderr


def test_the_help_says_what_every_option_does_and_what_is_served(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    text = capsys.readouterr().out
    for action in _parser()._actions:
        assert action.help, action.option_strings
    assert "`" not in text
    served = ("GET", "CORS", "verify-email", "cursor", "company lists", "Introspection")
    assert [word for word in served if word not in text] == []
    assert [name for name in (*KINDS, *SALESFORCE, *STATES) if name not in text] == []
