"""A running app of its own key, with sign-in or without."""

from collections.abc import Iterator

import pytest

from leadiq_sandbox import Sandbox
from tests.browser.conftest import run_app
from tests.conftest import settings_of
from tests.dashboard.server.driver import AUTH, App


@pytest.fixture(scope="module", params=["", AUTH], ids=["without sign-in", "with sign-in"])
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    home = tmp_path_factory.mktemp("home")
    if request.param:
        (home / ".streamlit").mkdir()
        (home / ".streamlit" / "secrets.toml").write_text(request.param, encoding="utf-8")
    sandbox = Sandbox(people=300, credits=100, rpm=0)
    with sandbox as server, run_app(home, **settings_of(server)) as running:
        yield App(running.url, server, home, signs_in=bool(request.param))
