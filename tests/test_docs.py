"""What the documents say of the code: paths, methods and settings that exist."""

import re
from pathlib import Path

import pytest

from dashboard.configuration import LEDGER_SETTINGS, SETTINGS
from dashboard.jobs.result_columns import RESULT_COLUMNS
from dashboard.tables.presets import presets
from leadiq_api import LeadIQClient
from leadiq_api.queries import every_document, optional_documents

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
MAX_README_LINES = 120
# What the documents name by its path, in backquotes.
PATH = re.compile(
    r"`((?:dashboard|docs|leadiq_api|leadiq_sandbox|pages|tests)/[\w./-]+\.(?:py|md)|app\.py)`"
)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
# Folders of architecture.md that it names without ``dashboard/``.
ROOMS = ("account", "charts", "identity", "jobs", "ledger", "lists", "panels", "search", "tables")
SHORT_PATH = re.compile(rf"`((?:{'|'.join(ROOMS)}|widgets)/\w+\.py)`")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_path_and_link_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    paths = [ROOT / name for name in PATH.findall(text)]
    paths += [ROOT / "dashboard" / name for name in SHORT_PATH.findall(text)]
    links = [name for name in LINK.findall(text) if not name.startswith(("http", "mailto:"))]
    paths += [document.parent / name for name in links]
    assert [str(path) for path in paths if not path.exists()] == []


def test_the_readme_is_short() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= MAX_README_LINES


def test_every_method_of_the_client_is_listed() -> None:
    text = (ROOT / "docs" / "client.md").read_text(encoding="utf-8")
    table = [line for line in text.splitlines() if line.startswith("| `")]
    listed = {name for line in table for name in re.findall(r"`(\w+)\(", line.split("|")[1])}
    public = {
        name
        for part in LeadIQClient.__mro__[:-1]
        for name, value in vars(part).items()
        if name[0] != "_" and callable(value) and not isinstance(value, classmethod)
    }
    assert listed == public - {"people_per_request", "with_gate"}


def test_every_operation_of_the_client_is_listed() -> None:
    text = (ROOT / "docs" / "client.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in text.splitlines() if line.startswith("| `")]
    listed = {name for row in rows for name in re.findall(r"`(\w+)`", row[2])}
    sent = {re.split(r"\W", name)[0] for name in every_document()}
    # ``supports`` tells of the fields of an input by their type.
    sent |= {name for name in optional_documents() if "." not in name}
    assert sent - listed == set()
    paths = {path for row in rows for path in re.findall(r"(/[\w/{}-]+)`", row[2])}
    source = (ROOT / "leadiq_api" / "prospector_operations.py").read_text(encoding="utf-8")
    used = {re.sub(r"\{[^}]*\}", "{}", path) for path in re.findall(r'"(/[\w/{}().-]+)"', source)}
    assert used - {re.sub(r"\{[^}]*\}", "{}", path) for path in paths} == set()
    for row in rows:
        assert len(row) == 5, row
        assert row[3].strip(), row


def test_every_column_of_a_result_is_listed_with_its_content() -> None:
    text = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| `leadiq_(\w+)` \| (.+) \|$", text, re.MULTILINE))
    assert listed == RESULT_COLUMNS


def test_every_import_file_is_listed_with_its_source() -> None:
    text = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| `(\w+)` \| .+\((https://\S+)\) \|$", text, re.MULTILINE))
    assert listed == {name: preset.source for name, preset in presets().items()}


def test_every_setting_is_listed() -> None:
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `(\w+)`", text, re.MULTILINE))
    assert listed == {*SETTINGS, *LEDGER_SETTINGS}
