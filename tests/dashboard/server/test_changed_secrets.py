"""secrets.toml is changed while the server runs: the next request is answered by what it says."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dashboard.server.driver import AUTH, App, cookie_of, send

OTHERS = AUTH.replace("acme.example", "other.example", 1)
pytestmark = pytest.mark.parametrize("app", [AUTH], indirect=True)


@pytest.fixture
def secrets(app: App) -> Iterator[Path]:
    file = app.home / ".streamlit" / "secrets.toml"
    yield file
    if file.is_dir():
        file.rmdir()
    file.unlink(missing_ok=True)
    file.write_text(AUTH, encoding="utf-8")


def is_admitted(app: App) -> bool:
    """Whether the server would take a file from Jane, whatever else it says."""
    headers = {"Cookie": cookie_of(app, "jane@acme.example")}
    answer = send(app, "/_stcore/upload_file/no-session/x", headers, method="PUT")
    return "You may not use this app" not in answer.text and answer.status != 503


def test_a_user_is_removed_after_a_typing_error_was_corrected(app: App, secrets: Path) -> None:
    assert is_admitted(app)
    secrets.write_text(AUTH + "[", encoding="utf-8")
    assert not is_admitted(app)
    assert send(app, "/").status == 503
    secrets.write_text(AUTH, encoding="utf-8")
    assert is_admitted(app)
    secrets.write_text(OTHERS, encoding="utf-8")
    assert not is_admitted(app)


def test_a_file_that_is_older_than_the_one_before_counts(app: App, secrets: Path) -> None:
    assert is_admitted(app)
    prepared = secrets.with_name("prepared")
    prepared.write_text(OTHERS, encoding="utf-8")
    os.utime(prepared, (1, 1))
    prepared.replace(secrets)
    assert not is_admitted(app)


@pytest.mark.parametrize("instead", ["nothing", "a folder", "a broken link"])
def test_a_file_that_is_gone_closes_the_app(app: App, secrets: Path, instead: str) -> None:
    assert is_admitted(app)
    secrets.rename(secrets.with_name("away"))
    if instead == "a folder":
        secrets.mkdir()
    elif instead == "a broken link":
        secrets.symlink_to("nowhere")
    assert not is_admitted(app)
    assert send(app, "/").status == 503
