"""``python -m tests.smoke``: every page, and one job to its end.

It needs what ``requirements.txt`` installs, and nothing else. ``.ci/run`` runs it on each Python.
"""

import csv
import os
import sqlite3
import sys
import tempfile
from pathlib import Path

from streamlit.testing.v1 import AppTest

from dashboard.jobs.__main__ import main as jobs
from dashboard.page import PAGES
from leadiq_sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[1]
PEOPLE = 12


def open_pages() -> None:
    """Raises ``AssertionError`` if a page fails."""
    for path, title in PAGES:
        page = AppTest.from_file(str(ROOT / path), default_timeout=120).run()
        problems = [element.value for element in (*page.exception, *page.error)]
        assert not problems, (title, problems)
        assert page.title[0].value == title


def run_job(sandbox: Sandbox, folder: Path) -> None:
    """Raises ``AssertionError`` unless a job answers each row of a file."""
    file, out = folder / "people.csv", folder / "out.csv"
    ids = sandbox.world.person_ids[:PEOPLE]
    file.write_text("\n".join(["LeadIQ id", *ids]), encoding="utf-8")
    code = jobs(["enrich", str(file), "--out", str(out), "--yes"])
    assert code == 0, code
    with out.open(encoding="utf-8-sig", newline="") as result:
        assert [row["LeadIQ id"] for row in csv.DictReader(result)] == ids


def main() -> None:
    """Runs both against a sandbox, with a ledger of its own."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Sandbox(people=300, credits=1000, rpm=0) as sandbox,
    ):
        os.environ |= {
            "LEADIQ_API_KEY": sandbox.api_key,
            "LEADIQ_GRAPHQL_URL": sandbox.graphql_url,
            "LEADIQ_PROSPECTOR_URL": sandbox.prospector_url,
            "LEADIQ_REQUESTS_PER_MINUTE": "6000",
            "LEADIQ_DATABASE_URL": f"sqlite:///{folder}/ledger.db",
        }
        open_pages()
        run_job(sandbox, Path(folder))
    print(
        f"Python {sys.version.split()[0]} with SQLite {sqlite3.sqlite_version}: "
        f"{len(PAGES)} pages and a job of {PEOPLE} rows work."
    )


if __name__ == "__main__":
    main()
