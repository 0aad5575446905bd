"""The direction of imports and the shape of the house, proven from the syntax tree."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("leadiq_api", "dashboard", "leadiq_sandbox", "pages")
OWN = {"leadiq_api", "dashboard", "leadiq_sandbox", "pages", "app"}
FILES = [
    ROOT / "app.py",
    *(path for name in PACKAGES for path in sorted((ROOT / name).glob("*.py"))),
]

ALLOWED = {
    "app": {"dashboard"},
    "pages": {"dashboard", "leadiq_api"},
    "dashboard": {"dashboard", "leadiq_api"},
    "leadiq_api": {"leadiq_api"},
    "leadiq_sandbox": {"leadiq_sandbox"},
}
SANDBOX_STARTER = "dashboard/data.py"
HEAVY = {"streamlit", "pandas", "plotly"}
PURE = (
    "dashboard/charts.py",
    "dashboard/frames.py",
    "dashboard/forms.py",
    "dashboard/wording.py",
    "dashboard/filter_input.py",
    "dashboard/crossfilter.py",
    "dashboard/results.py",
    "dashboard/company_facts.py",
    "dashboard/uploads.py",
    "dashboard/spreadsheet_in.py",
    "dashboard/people_in_file.py",
    "dashboard/jobs.py",
    "dashboard/job_workflows.py",
    "leadiq_api/credits.py",
)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> set[str]:
    """Top-level packages that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    return found


@pytest.mark.parametrize("path", FILES, ids=name)
def test_imports_go_one_way(path: Path) -> None:
    home = "app" if path.name == "app.py" else path.parent.name
    allowed = ALLOWED[home] | ({"leadiq_sandbox"} if name(path) == SANDBOX_STARTER else set())
    assert imported(path) & OWN <= allowed


def test_the_sandbox_is_started_in_one_place() -> None:
    starters = [
        name(path)
        for path in FILES
        if "leadiq_sandbox" in imported(path) and path.parent.name != "leadiq_sandbox"
    ]
    assert starters == [SANDBOX_STARTER]


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if path.parent.name in ("leadiq_api", "leadiq_sandbox")],
    ids=name,
)
def test_client_and_sandbox_know_no_user_interface(path: Path) -> None:
    assert not imported(path) & HEAVY


@pytest.mark.parametrize("file", PURE)
def test_pure_modules_know_no_streamlit(file: str) -> None:
    assert "streamlit" not in imported(ROOT / file)


def test_one_module_speaks_http() -> None:
    speakers = [
        name(path)
        for path in FILES
        if path.parent.name != "leadiq_sandbox"
        and imported(path) & {"urllib3", "http", "httpx", "socket"}
    ]
    assert speakers == ["leadiq_api/transport.py"]
    users = [name(path) for path in FILES if "requests" in imported(path)]
    assert users == ["leadiq_api/credentials.py", "leadiq_api/transport.py"]


def test_one_module_caches() -> None:
    caching = [
        name(path)
        for path in FILES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in ("cache_data", "cache_resource")
    ]
    assert set(caching) == {"dashboard/data.py"}


@pytest.mark.parametrize("path", FILES, ids=name)
def test_no_html_of_our_own(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for word in ("unsafe_", "components.v1", "components.v2", "components.html"):
        assert word not in text
    called = {
        node.func.attr
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert not called & {"html", "iframe", "component", "declare_component"}


@pytest.mark.parametrize("path", sorted((ROOT / "pages").glob("*.py")), ids=name)
def test_a_page_is_layout(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 130
    calls = [
        node.func.id
        for node in tree(path).body
        for node in ast.walk(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    assert "set_page" in calls


def test_every_public_thing_says_what_it_is() -> None:
    silent = []
    for path in FILES:
        module = tree(path)
        if not ast.get_docstring(module):
            silent.append(name(path))
        for node in module.body:
            public = isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name[0] != "_"
            if public and path.parent.name != "pages" and not ast.get_docstring(node):
                silent.append(f"{name(path)}: {node.name}")
    assert silent == []
