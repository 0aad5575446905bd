"""Which value of a setting counts: the environment's, before that of secrets.toml."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
READ = (
    "import json; from dashboard.configuration import read_configuration;"
    "from dashboard.ledger.database import default_url;"
    "print(json.dumps([read_configuration(), default_url()]))"
)


def read(folder: Path, secrets: str, **environment: str) -> tuple[dict[str, str], str]:
    """The settings, and the ledger's URL, of a process that is started with these."""
    (folder / ".streamlit").mkdir()
    (folder / ".streamlit" / "secrets.toml").write_text(secrets, encoding="utf-8")
    ours = {name: value for name, value in os.environ.items() if not name.startswith("LEADIQ_")}
    process = subprocess.run(
        [sys.executable, "-c", READ],
        cwd=folder,
        env={**ours, "HOME": str(folder), "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.PIPE,
        check=True,
    )
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


def test_secrets_count_where_the_environment_says_nothing(tmp_path: Path) -> None:
    secrets = 'LEADIQ_API_KEY = "key"\nLEADIQ_DATABASE_URL = "sqlite:///of-secrets.db"\n'
    settings, url = read(tmp_path, secrets, LEADIQ_API_KEY="")
    assert settings == {"LEADIQ_API_KEY": "key"}
    assert url == "sqlite:///of-secrets.db"
