"""A small sandbox over real HTTP, and where the contract and the cases lie."""

import functools
import gc
import itertools
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import hypothesis
import pytest
from xdist.scheduler import LoadScopeScheduling

from dashboard.ledger.ledger import Ledger
from leadiq_api import LeadIQClient, rate_limit, transport
from leadiq_sandbox import Sandbox, server

# A loaded machine is slow, not wrong. Every run tries the same examples, so that it fails because
# of a change and not by chance; ``--hypothesis-profile explore`` tries others, and more.
hypothesis.settings.register_profile("repeatable", deadline=None, derandomize=True)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=1_000)
hypothesis.settings.load_profile("repeatable")

# Sources are compiled once, and not by each worker and each program that a test starts.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# No test may use the key of this machine's owner, which a page would take back from the start.
for name in [name for name in os.environ if name.startswith("LEADIQ_")]:
    del os.environ[name]

SHARED = Path(__file__).resolve().parents[2] / "shared"
CONTRACT = SHARED / "contract"
CASES = SHARED / "cases"  # files as people have them, with the right answers


# What ``make check`` leaves out: apps, database servers, spreadsheets, the sandbox's own tests,
# jobs that run, what starts a Python of its own or waits for a limit of time, and what tries
# hundreds of texts or requests.
SLOW_FOLDERS = (
    "tests/browser/",
    "tests/pages/",
    "tests/dashboard/jobs/",
    "tests/dashboard/ledger/test_database.py::test_a_server_that_does_not_answer_is_given_up",
    "tests/dashboard/ledger/test_migrations.py",
    "tests/dashboard/ledger/test_payments.py::test_a_whole_day_agrees_with_the_meter",
    "tests/dashboard/ledger/test_payments.py::test_no_charge_exceeds_the_maximum_shown",
    "tests/dashboard/ledger/test_unrecorded.py",
    "tests/dashboard/server/",
    "tests/dashboard/tables/test_bounded.py",
    "tests/dashboard/test_configuration.py",
    "tests/dashboard/test_scripted_day.py",
    "tests/leadiq_sandbox/",
    "tests/leadiq_api/test_check.py",
    "tests/leadiq_api/test_client.py::test_pages_without_an_end_are_refused",
    "tests/leadiq_api/test_faults.py",
    "tests/leadiq_api/test_logs.py::test_no_line_says_what_was_sent",
    "tests/test_installation.py",
    "tests/test_patterns.py",
    "tests/test_soak.py",
    "tests/test_start.py",
)
SLOW_FIXTURES = {"postgres", "libreoffice"}
APP_FOLDERS = ("tests/browser/", "tests/dashboard/server/", "tests/test_soak.py")
# These wait for a minute and more each, so they begin first.
LONG = ("tests/dashboard/jobs/test_workers.py", "tests/dashboard/jobs/test_runtime.py")
# Modules of a slow folder that start nothing.
FAST_MODULES = ("jobs/test_model.py", "jobs/test_people.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks as ``slow`` what takes long or needs another program; the longest begin."""
    for item in items:
        in_slow_folder = item.nodeid.startswith(SLOW_FOLDERS)
        is_fast = any(module in item.nodeid for module in FAST_MODULES)
        fixtures = set(getattr(item, "fixturenames", ()))
        on_postgresql = "[postgresql" in item.nodeid or bool(fixtures & SLOW_FIXTURES)
        if (in_slow_folder and not is_fast) or on_postgresql:
            item.add_marker("slow")
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))
    if not CONTRACT.is_dir():
        skip_once(items)


def pytest_collection_finish() -> None:
    """Lets the garbage collector pass over what is imported: a million objects at each look."""
    gc.freeze()


def skip_once(items: list[pytest.Item]) -> None:
    """Leaves out the tests that need the contract, except one, which is skipped and says so."""
    needing = [item for item in items if "contract" in getattr(item, "fixturenames", ())]
    if needing:
        number = f"{len(needing)} tests need the published contract"
        needing[0].add_marker(pytest.mark.skip(f"{number}, which is not beside this checkout"))
        items[:] = [item for item in items if item not in needing[1:]]


class AppsInTwoRows(LoadScopeScheduling):
    """Gives two workers the modules that drive whole apps, and each other test to any that is free.

    More apps at once starve each other.
    """

    def __init__(self, config: pytest.Config, log: Any) -> None:
        super().__init__(config, log)
        self._rows: dict[str, int] = {}  # of each module

    def _split_scope(self, nodeid: str) -> str:
        if not nodeid.startswith(APP_FOLDERS):
            return nodeid
        module = nodeid.partition("::")[0]
        return f"apps {self._rows.setdefault(module, len(self._rows) % 2)}"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> AppsInTwoRows:
    """pytest-xdist's own groups need a mark, which it cannot read with pytest 9.2."""
    return AppsInTwoRows(config, log)


@pytest.fixture(scope="session")
def contract() -> Path:
    """The folder of the published contract; without it the tests that need it are left out."""
    return CONTRACT


@pytest.fixture(scope="session", autouse=True)
def worlds_drawn_once() -> Iterator[None]:
    """Sandboxes of the same size and seed share their people: nothing in a world changes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "World", functools.cache(server.World))
        yield


@pytest.fixture(scope="session")
def new_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file as a first start leaves it; a copy saves each test the migrations."""
    file = tmp_path_factory.mktemp("ledger") / "ledger.db"
    Ledger(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def sqlite_url(tmp_path: Path, new_ledger: Path) -> str:
    """The URL of a copy of that file, of a test's own."""
    return f"sqlite:///{shutil.copy(new_ledger, tmp_path / 'ledger.db')}"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A fresh account with 1,000 UC in a world of 1,200 people, without a limit of requests."""
    running = Sandbox(people=1200, credits=1000, rpm=0).start()
    yield running
    leave(running)


def leave(sandbox: Sandbox) -> None:
    """Ends a sandbox while the next test begins: a fifth of a second, hundreds of times."""
    Thread(target=sandbox.stop).start()


@pytest.fixture
def client(sandbox: Sandbox) -> LeadIQClient:
    """A client of that sandbox that gives up soon."""
    return client_of(sandbox)


def settings_of(sandbox: Sandbox) -> dict[str, str]:
    """The environment of an app or a command that uses that sandbox, without a limit."""
    return {
        "LEADIQ_API_KEY": sandbox.api_key,
        "LEADIQ_GRAPHQL_URL": sandbox.graphql_url,
        "LEADIQ_PROSPECTOR_URL": sandbox.prospector_url,
        "LEADIQ_REQUESTS_PER_MINUTE": "6000",
    }


def client_of(sandbox: Sandbox, **options: object) -> LeadIQClient:
    options = {"timeout": (5.0, 10.0), "deadline": 0.3, "requests_per_minute": 6000} | options
    return LeadIQClient(
        sandbox.api_key,
        graphql_url=sandbox.graphql_url,
        prospector_url=sandbox.prospector_url,
        **options,
    )


@pytest.fixture(autouse=True)
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first pause of a retry is short here: its growth is tested where it matters."""
    monkeypatch.setattr(transport, "BACKOFF_FIRST", 0.02)


@pytest.fixture(autouse=True)
def fresh_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one sandbox allows a key says nothing of the next one, which has the same key."""
    monkeypatch.setattr(rate_limit, "_limiters", {})


@pytest.fixture
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs and lists do not wait for the sandbox, whose books are settled at once."""
    monkeypatch.setattr("dashboard.jobs.runtime.POLL_SECONDS", 0.1)
    monkeypatch.setattr("dashboard.jobs.recovery.SETTLE_SECONDS", 0.05)
    monkeypatch.setattr("dashboard.lists.writing.SETTLE_SECONDS", 0.05)


def every_set(points: tuple[str, ...]) -> list[frozenset[str]]:
    return [
        frozenset(some)
        for size in range(len(points) + 1)
        for some in itertools.combinations(points, size)
    ]
