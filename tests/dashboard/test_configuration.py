"""Which value of a setting counts: the environment's, before that of secrets.toml."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import free_port

ROOT = Path(__file__).resolve().parents[2]
REMOVED = """
from pathlib import Path
from dashboard.configuration import read_configuration
read_configuration()
file = Path(".streamlit/secrets.toml")
file.write_text('LEADIQ_LOG_LEVEL = "debug"') if remains else file.unlink()
"""
READ = (
    "import json; from dashboard.configuration import read_configuration;"
    "from dashboard.ledger.database import default_url;"
    "print(json.dumps([read_configuration(), default_url()]))"
)


def secrets_file(folder: Path) -> Path:
    (folder / ".streamlit").mkdir()
    return folder / ".streamlit" / "secrets.toml"


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs Python in a folder, which is also its user's home, with these settings alone."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("LEADIQ_")}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**ours, "HOME": str(folder), "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def read(folder: Path, secrets: str, **environment: str) -> tuple[dict[str, str], str]:
    """The settings, and the ledger's URL, of a process that is started with these."""
    secrets_file(folder).write_text(secrets, encoding="utf-8")
    process = run(folder, "-c", READ, **environment)
    assert process.returncode == 0, process.stderr
    settings: list[Any] = json.loads(process.stdout)
    return settings[0], settings[1]


def test_the_environment_wins_over_secrets(tmp_path: Path) -> None:
    secrets = """
        LEADIQ_API_KEY = ""
        LEADIQ_ALLOWED_USERS = "*"
        LEADIQ_ALLOWED_HOSTS = ["other.example"]
        LEADIQ_REQUESTS_PER_MINUTE = 7
        LEADIQ_DATABASE_URL = "sqlite:///other.db"
        LEADIQ_LOG_LEVEL = "debug"
    """
    environment = {
        "LEADIQ_API_KEY": "key",
        "LEADIQ_ALLOWED_USERS": "jane@acme.example",
        "LEADIQ_ALLOWED_HOSTS": "console.acme.example",
        "LEADIQ_REQUESTS_PER_MINUTE": "60",
    }
    database = {"LEADIQ_DATABASE_URL": "sqlite:///ledger.db"}
    settings, url = read(tmp_path, secrets, **environment, **database)
    assert settings == {**environment, "LEADIQ_LOG_LEVEL": "debug"}
    assert url == "sqlite:///ledger.db"


@pytest.mark.parametrize("remains", [True, False], ids=["a setting", "the file"])
def test_the_environment_stays_when_secrets_no_longer_say_the_same(
    tmp_path: Path, *, remains: bool
) -> None:
    """Streamlit takes out of the environment what it thinks that it has put there."""
    both = {"LEADIQ_API_KEY": "key", "LEADIQ_DATABASE_URL": "sqlite:///ledger.db"}
    text = "".join(f'{name} = "{value}"\n' for name, value in both.items())
    secrets_file(tmp_path).write_text(text, encoding="utf-8")
    script = f"remains = {remains}\n{REMOVED}{READ}"
    process = run(tmp_path, "-c", script, **both)
    assert process.returncode == 0, process.stderr
    settings, url = json.loads(process.stdout)
    assert settings == {"LEADIQ_API_KEY": "key"} | (
        {"LEADIQ_LOG_LEVEL": "debug"} if remains else {}
    )
    assert url == "sqlite:///ledger.db"


def test_secrets_count_where_the_environment_says_nothing(tmp_path: Path) -> None:
    secrets = 'LEADIQ_API_KEY = "key"\nLEADIQ_DATABASE_URL = "sqlite:///of-secrets.db"\n'
    settings, url = read(tmp_path, secrets, LEADIQ_API_KEY="")
    assert settings == {"LEADIQ_API_KEY": "key"}
    assert url == "sqlite:///of-secrets.db"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("[auth\n", "cannot be read as TOML: Expected ']' .* line 1"),
        ("a folder", "Is a directory"),
        ("a broken link", "No such file or directory"),
    ],
)
def test_a_server_whose_secrets_cannot_be_read_does_not_start(
    tmp_path: Path, content: str, reason: str
) -> None:
    """It would run on without the sign-in that its owner believes to be on."""
    file = secrets_file(tmp_path)
    if content == "a folder":  # as Docker makes one for a file to mount that is not there
        file.mkdir()
    elif content == "a broken link":
        file.symlink_to("nowhere")
    else:
        file.write_text(content, encoding="utf-8")
    options = ("--server.port", str(free_port()), "--server.headless", "true")
    process = run(tmp_path, "-m", "streamlit", "run", str(ROOT / "app.py"), *options)
    assert process.returncode == 1
    assert re.search(f"The console does not start\\. .*{reason}", process.stderr)
    assert "Traceback" not in process.stderr
