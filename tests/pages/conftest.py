"""Pages run by AppTest against a sandbox of their own, with a short deadline for retries."""

import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest, local_script_runner

import leadiq_sandbox
from dashboard.jobs import workflows
from leadiq_sandbox import Sandbox
from tests.conftest import leave, settings_of

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("usage", "people_search", "company_search", "advanced_search", "lists")

Open = Callable[[str], AppTest]


@pytest.fixture(scope="session", autouse=True)
def packages_scanned_once() -> Iterator[None]:
    """Each AppTest looks for components in all that is installed: most of the time of a page."""
    scan = manifest_scanner.scan_component_manifests
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", functools.cache(scan))
        yield


@pytest.fixture(scope="session", autouse=True)
def pages_compiled_once() -> Iterator[None]:
    """Each run of an AppTest compiles its page again: a tenth of the time of a run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local_script_runner, "ScriptCache", functools.cache(ScriptCache))
        yield


@pytest.fixture(autouse=True)
def embedded_sandboxes_end(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Ends the sandboxes that pages without a key have started: an app keeps its own."""
    started: list[Sandbox] = []

    def start(**options: Any) -> Sandbox:
        started.append(Sandbox(**options))
        return started[-1]

    monkeypatch.setattr(leadiq_sandbox, "Sandbox", start)
    yield
    for sandbox in started:
        leave(sandbox)


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch, sqlite_url: str) -> None:
    """No cache of another test, no settings of this machine, and a short deadline."""
    st.cache_data.clear()
    st.cache_resource.clear()
    for name in ("API_KEY", "GRAPHQL_URL", "PROSPECTOR_URL"):
        monkeypatch.delenv(f"LEADIQ_{name}", raising=False)
    monkeypatch.setenv("LEADIQ_REQUESTS_PER_MINUTE", "6000")
    monkeypatch.setenv("LEADIQ_DEADLINE_SECONDS", "0.2")
    monkeypatch.setenv("LEADIQ_TIMEOUT_SECONDS", "5, 10")
    monkeypatch.setenv("LEADIQ_DATABASE_URL", sqlite_url)
    monkeypatch.chdir(ROOT)


@pytest.fixture
def account(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """A server with a key in the environment, as a real account would be set up."""
    use(sandbox, monkeypatch)
    return sandbox


def use(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes pages use that sandbox from now on, as if it were LeadIQ."""
    for name, value in settings_of(sandbox).items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def closed_jobs() -> Iterator[None]:
    """The next test has another database."""
    yield
    workflows.close()


@pytest.fixture
def open_page() -> Open:
    """Runs a page file as a deep link on a cold server does: without app.py."""
    return lambda name: new_session(name).run()


def new_session(name: str) -> AppTest:
    """A page in a session of its own, before its first run."""
    return AppTest.from_file(str(ROOT / "pages" / f"{name}.py"), default_timeout=60)


def text_of(app: AppTest) -> str:
    """All words on a page."""
    blocks = [
        *app.title,
        *app.header,
        *app.caption,
        *app.markdown,
        *app.subheader,
        *app.info,
        *app.warning,
        *app.error,
        *app.success,
        *app.toast,
    ]
    return "\n".join(str(block.value) for block in blocks)
