"""What a start imports, and when: nothing heavy before the first page needs it."""

import os
import subprocess
import sys
from pathlib import Path

import streamlit as st

from leadiq_sandbox import Sandbox
from tests.conftest import settings_of

ROOT = Path(__file__).resolve().parents[1]
# Slow to import, and seldom needed: by an upload, an export to Excel, a job, a phone number.
SELDOM = {
    "alembic",
    "dbos",
    "email_validator",
    "graphql",
    "hypothesis",
    "leadiq_sandbox",
    "openpyxl",
    "phonenumbers",
    "plotly.express",
    "psycopg",
    "python_calamine",
    "tldextract",
    "xlrd",
    "xlsxwriter",
}
# What each page needs, but not the server: it answers, and the browser loads, meanwhile.
OF_PAGES = {"numpy", "pandas", "pyarrow", "sqlalchemy"}

PRINT_MODULES = "import sys; print(*sys.modules)"
DRAW_PAGES = """
from pathlib import Path
from streamlit.testing.v1 import AppTest
for page in sorted(Path("pages").glob("*.py")):
    app = AppTest.from_file(str(page.resolve()), default_timeout=120).run()
    assert app.title and not app.exception, (page, app.exception)
"""


def imported_by(code: str, **environment: str) -> set[str]:
    """The modules that a fresh interpreter has imported after some code."""
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("LEADIQ_")}
    ran = subprocess.run(
        [sys.executable, "-c", f"{code}\n{PRINT_MODULES}"],
        cwd=ROOT,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    return {*ran.stdout.split()}


def test_the_server_starts_without_what_only_pages_need() -> None:
    modules = imported_by("import app")
    assert "dashboard.server.start" in modules
    assert modules & (SELDOM | OF_PAGES) == set()


def test_no_page_waits_for_what_is_seldom_needed(sandbox: Sandbox, tmp_path: Path) -> None:
    ledger = {"LEADIQ_DATABASE_URL": f"sqlite:///{tmp_path / 'ledger.db'}"}
    imported_by("from dashboard import data; data.ledger()", **ledger)  # a new one is migrated
    modules = imported_by(DRAW_PAGES, **settings_of(sandbox), **ledger)
    assert "dashboard.page" in modules
    assert modules & SELDOM == set()


def test_no_run_of_a_page_ends_with_a_collection_of_all_garbage() -> None:
    """It takes longer than the run, and every other session waits for it."""
    assert st.get_option("runner.postScriptGC") is False
