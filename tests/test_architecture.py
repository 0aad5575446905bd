"""The direction of imports and the shape of the house, proven from the syntax tree.

Imports inside functions and under ``TYPE_CHECKING`` count like any others: they tie two modules
together just as much.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("dashboard", "leadiq_api", "leadiq_sandbox", "pages")
MAX_FILE_LINES = 450
MAX_FUNCTION_LINES = 50
MAX_PAGE_LINES = 120
HEADINGS = ("title", "header", "subheader")  # of Streamlit

# The floors of the house, from the roof down. A module may import from its own floor and from any
# below it, never from one above. A folder stands for everything in it.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("app.py",),
    ("dashboard/server",),
    ("pages",),
    ("dashboard/page.py",),
    ("dashboard/panels",),
    ("dashboard/widgets",),
    ("dashboard/account.py",),
    ("dashboard/errors.py",),
    (
        "dashboard/data.py",
        "dashboard/state.py",
        "dashboard/access.py",
        "dashboard/configuration.py",
    ),
    ("dashboard/jobs",),
    ("dashboard/lists", "dashboard/charts"),
    ("dashboard/ledger", "dashboard/search"),
    ("dashboard/tables",),
    ("dashboard/identity",),
    ("dashboard/formatting.py",),
    ("leadiq_api",),
    ("leadiq_sandbox",),
)
# Rooms on one floor that do not know each other.
NEIGHBOURS = (
    ("dashboard/lists", "dashboard/charts"),
    ("dashboard/ledger", "dashboard/search"),
)
# Where Streamlit may be imported, beside app.py and pages.
STREAMLIT_ROOMS = (
    "dashboard/server",
    "dashboard/page.py",
    "dashboard/account.py",
    "dashboard/errors.py",
    "dashboard/state.py",
    "dashboard/data.py",
    "dashboard/access.py",
    "dashboard/configuration.py",
    "dashboard/widgets",
    "dashboard/panels",
)
# The only module that touches st.session_state.
SESSION_STATE = "dashboard/state.py"
# The command line reads its settings, secrets.toml included, where the app reads them.
UPWARD = {("dashboard/jobs/__main__.py", "dashboard/configuration.py")}
SANDBOX_STARTER = "dashboard/data.py"
# Streamlit serves the maps' outlines to the browser as the files of a component: the only way it
# has to serve a file to Plotly without a request to a third party. No component is ever drawn.
COMPONENT_FILES = ["dashboard/widgets/maps/__init__.py", "dashboard/widgets/typed_text/__init__.py"]
HEAVY = {"streamlit", "pandas", "plotly"}
HTTP_LIBRARIES = {"urllib3", "http", "httpx", "aiohttp", "socket"}


class House:
    """Source files by their path, and what they import."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self.sources = sources
        self.files = sorted(sources)
        self.trees = {file: parsed(text) for file, text in sources.items()}

    def module_file(self, module: str) -> str | None:
        """Returns the file of a module of ours, or None."""
        path = module.replace(".", "/")
        candidates = (f"{path}.py", f"{path}/__init__.py")
        return next((file for file in candidates if file in self.trees), None)

    def imported_modules(self, file: str) -> Iterator[str]:
        """Yields the dotted names that a file imports, wherever in the file."""
        package = file.split("/")[:-1]
        for node in nodes(self.trees[file]):
            if isinstance(node, ast.Call) and called(node) & {"import_module", "__import__"}:
                yield from (arg.value for arg in node.args if isinstance(arg, ast.Constant))
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                above = package[: len(package) + 1 - node.level] if node.level else []
                base = ".".join([*above, *([node.module] if node.module else [])])
                for alias in node.names:
                    name = f"{base}.{alias.name}"
                    yield name if self.module_file(name) else base

    def imported_names(self, file: str) -> Iterator[str]:
        """Yields ``module.name`` for each name that a file imports from a module."""
        for node in nodes(self.trees[file]):
            if isinstance(node, ast.ImportFrom):
                yield from (f"{node.module}.{alias.name}" for alias in node.names)

    def libraries(self, file: str) -> set[str]:
        """Returns the top-level packages that a file imports."""
        return {name.split(".")[0] for name in self.imported_modules(file)}

    def imports(self, file: str) -> set[str]:
        """Returns the files of ours that a file imports, itself excluded."""
        files = {self.module_file(name) for name in self.imported_modules(file)}
        return {found for found in files if found is not None} - {file}

    # Each rule returns what breaks it, in words; an empty list is a house in order.

    def wrong_directions(self) -> list[str]:
        """Imports that run up the floors, or between neighbours."""
        found = []
        for file in self.files:
            if floor_of(file) is None:
                found.append(f"{file} stands on no floor")
        for file in self.files:
            for target in self.imports(file):
                here, there = floor_of(file), floor_of(target)
                if here is None or there is None or (file, target) in UPWARD:
                    continue
                sandbox = in_room(target, "leadiq_sandbox") and not in_room(file, "leadiq_sandbox")
                if sandbox and file != SANDBOX_STARTER:
                    found.append(f"{file} imports {target}: only {SANDBOX_STARTER} starts it")
                elif there < here or are_neighbours(file, target):
                    found.append(f"{file} imports {target}")
        return found

    def circles(self) -> list[str]:
        """Modules that import each other in a circle."""
        graph = {
            file: self.imports(file) for file in self.files if not file.endswith("__init__.py")
        }
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            return [" -> ".join(error.args[1])]
        return []

    def streamlit_outside(self) -> list[str]:
        """Files that import Streamlit although they do not draw."""
        return [
            file
            for file in self.files
            if "streamlit" in self.libraries(file)
            and file != "app.py"
            and not any(in_room(file, room) for room in ("pages", *STREAMLIT_ROOMS))
        ]

    def heavy_clients(self) -> list[str]:
        """Files of the client and the sandbox that know a user interface."""
        return [
            file
            for file in self.files
            if file.startswith(("leadiq_api/", "leadiq_sandbox/")) and self.libraries(file) & HEAVY
        ]

    def http_speakers(self) -> list[str]:
        """Files outside the sandbox that speak HTTP by themselves."""
        return [
            file
            for file in self.files
            if not file.startswith("leadiq_sandbox/")
            and (
                self.libraries(file) & HTTP_LIBRARIES
                or any(name.startswith("urllib.request") for name in self.imported_modules(file))
            )
        ]

    def users_of_requests(self) -> list[str]:
        """Files that import requests."""
        return [file for file in self.files if "requests" in self.libraries(file)]

    def caches(self) -> list[str]:
        """Files that cache through Streamlit."""
        return [
            file
            for file in self.files
            if {"cache_data", "cache_resource"} & attributes(self.trees[file])
        ]

    def session_states(self) -> list[str]:
        """Files that read or write Streamlit's session state."""
        return [
            file
            for file in self.files
            if "session_state" in attributes(self.trees[file])
            or any(name.endswith(".session_state") for name in self.imported_names(file))
        ]

    def own_html(self) -> list[str]:
        """Files that put HTML or a component of their own on a page."""
        words = ("unsafe_", "components.v1", "components.v2", "components.html")
        calls = {"html", "iframe", "component", "declare_component"}
        found = []
        for file in self.files:
            text = self.sources[file]
            if any(word in text for word in words) or calls & called(self.trees[file]):
                found.append(file)
        return found

    def undocumented(self) -> list[str]:
        """Modules and public definitions without a docstring."""
        found = []
        for file in self.files:
            if not ast.get_docstring(self.trees[file]):
                found.append(file)
            for node in self.trees[file].body:
                public = isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name[0] != "_"
                if public and not file.startswith("pages/") and not ast.get_docstring(node):
                    found.append(f"{file}: {node.name}")
        return found

    def long_files(self) -> list[str]:
        """Files with more lines than their kind may have."""
        found = []
        for file in self.files:
            limit = MAX_PAGE_LINES if file.startswith("pages/") else MAX_FILE_LINES
            lines = len(self.sources[file].splitlines())
            if lines > limit:
                found.append(f"{file}: {lines} lines, at most {limit}")
        return found

    def long_functions(self) -> list[str]:
        """Functions with more than ``MAX_FUNCTION_LINES`` lines, decorators not counted."""
        found = []
        for file in self.files:
            for node in nodes(self.trees[file]):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    lines = (node.end_lineno or node.lineno) - node.lineno + 1
                    if lines > MAX_FUNCTION_LINES:
                        found.append(f"{file}: {node.name} has {lines} lines")
        return found

    def headings_with_anchors(self) -> list[str]:
        """Headings that Streamlit gives a link to themselves: a Tab stop for each."""
        return [
            f"{file}: {node.func.attr} in line {node.lineno}"
            for file in self.files
            if "import streamlit" in self.sources[file]
            for node in nodes(self.trees[file])
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in HEADINGS
            and not any(word.arg == "anchor" for word in node.keywords)
        ]

    def pages_without_set_up(self) -> list[str]:
        """Pages that do not call ``set_page()``: a deep link on a cold server skips app.py."""
        return [
            file
            for file in self.files
            if file.startswith("pages/") and "set_page" not in called(self.trees[file])
        ]


def in_room(file: str, room: str) -> bool:
    """Whether a file is the room, or lies in the folder."""
    return file == room or file.startswith(f"{room}/")


def floor_of(file: str) -> int | None:
    """Returns the index of a file's floor, 0 being the roof. Package headers stand on any."""
    for index, rooms in enumerate(FLOORS):
        if any(in_room(file, room) for room in rooms):
            return index
    return len(FLOORS) if file == "dashboard/__init__.py" else None


def are_neighbours(file: str, target: str) -> bool:
    """Whether two files lie in different rooms that do not know each other."""
    return any(
        (in_room(file, one) and in_room(target, other))
        or (in_room(file, other) and in_room(target, one))
        for one, other in NEIGHBOURS
    )


@cache
def nodes(tree: ast.AST) -> tuple[ast.AST, ...]:
    """Returns all nodes of a tree, the tree itself included."""
    return tuple(ast.walk(tree))


@cache
def attributes(tree: ast.AST) -> set[str]:
    """Returns the names of all attributes that a file looks up."""
    return {node.attr for node in nodes(tree) if isinstance(node, ast.Attribute)}


@cache
def called(tree: ast.AST) -> set[str]:
    """Returns the last names of everything that a file, or a part of one, calls."""
    functions = [node.func for node in nodes(tree) if isinstance(node, ast.Call)]
    names = {node.id for node in functions if isinstance(node, ast.Name)}
    return names | {node.attr for node in functions if isinstance(node, ast.Attribute)}


@cache
def parsed(text: str) -> ast.Module:
    """Returns the syntax tree of a file's text."""
    return ast.parse(text)


@cache
def house() -> House:
    """Returns the checkout, read once."""
    paths = [ROOT / "app.py", *(path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))]
    return House(
        {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    )


def test_imports_go_one_way() -> None:
    assert house().wrong_directions() == []


def test_no_import_runs_in_a_circle() -> None:
    assert house().circles() == []


def test_only_what_draws_imports_streamlit() -> None:
    assert house().streamlit_outside() == []


def test_client_and_sandbox_know_no_user_interface() -> None:
    assert house().heavy_clients() == []


def test_one_module_speaks_http() -> None:
    assert house().http_speakers() == ["leadiq_api/transport.py"]
    assert house().users_of_requests() == ["leadiq_api/credentials.py", "leadiq_api/transport.py"]


def test_one_module_caches() -> None:
    assert house().caches() == ["dashboard/data.py"]


def test_one_module_keeps_session_state() -> None:
    assert house().session_states() == [SESSION_STATE]


def test_no_html_of_our_own() -> None:
    assert house().own_html() == COMPONENT_FILES


def test_pages_only_lay_out() -> None:
    assert house().pages_without_set_up() == []


def test_no_heading_is_a_tab_stop() -> None:
    assert house().headings_with_anchors() == []


def test_every_public_thing_has_a_docstring() -> None:
    assert house().undocumented() == []


def test_no_file_and_no_function_is_long() -> None:
    assert house().long_files() == []
    assert house().long_functions() == []


# What each rule must catch: files added to the house, by the rule that they break.
BROKEN: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "up the floors": (
        "wrong_directions",
        {"dashboard/tables/new.py": "from dashboard.search import inputs"},
    ),
    "up, inside a function": (
        "wrong_directions",
        {"dashboard/ledger/new.py": "def f():\n    from dashboard.jobs import model"},
    ),
    "up, under TYPE_CHECKING": (
        "wrong_directions",
        {
            "dashboard/jobs/new.py": "from typing import TYPE_CHECKING\n"
            "if TYPE_CHECKING:\n    import dashboard.account"
        },
    ),
    "up, relatively": (
        "wrong_directions",
        {"dashboard/charts/new.py": "from ..widgets import tables"},
    ),
    "up, by name": (
        "wrong_directions",
        {"dashboard/lists/new.py": "import importlib\nimportlib.import_module('dashboard.data')"},
    ),
    "a page from below": ("wrong_directions", {"dashboard/panels/new.py": "import pages.usage"}),
    "between neighbours": (
        "wrong_directions",
        {"dashboard/search/new.py": "from dashboard.ledger import ledger"},
    ),
    "the client knows the dashboard": (
        "wrong_directions",
        {"leadiq_api/new.py": "import dashboard.formatting"},
    ),
    "the sandbox knows the client": (
        "wrong_directions",
        {"leadiq_sandbox/new.py": "import leadiq_api"},
    ),
    "the client knows the sandbox": (
        "wrong_directions",
        {"leadiq_api/new.py": "import leadiq_sandbox"},
    ),
    "a second start of the sandbox": (
        "wrong_directions",
        {"dashboard/jobs/new.py": "from leadiq_sandbox import Sandbox"},
    ),
    "a room on no floor": ("wrong_directions", {"dashboard/helpers.py": ""}),
    "a circle of three": (
        "circles",
        {
            "dashboard/tables/new.py": "from dashboard.tables import newer",
            "dashboard/tables/newer.py": "def f():\n    from dashboard.tables import newest",
            "dashboard/tables/newest.py": "from typing import TYPE_CHECKING\n"
            "if TYPE_CHECKING:\n    from dashboard.tables import new",
        },
    ),
    "Streamlit in a pure room": (
        "streamlit_outside",
        {"dashboard/jobs/deep/new.py": "import streamlit"},
    ),
    "pandas in the client": ("heavy_clients", {"leadiq_api/new.py": "def f():\n    import pandas"}),
    "a second HTTP library": (
        "http_speakers",
        {"dashboard/lists/new.py": "from http import client"},
    ),
    "urllib's own requests": ("http_speakers", {"dashboard/data2.py": "import urllib.request"}),
    "a second user of requests": (
        "users_of_requests",
        {"dashboard/lists/new.py": "import requests"},
    ),
    "a second cache": ("caches", {"dashboard/panels/new.py": "st.cache_data(f)"}),
    "session state in a page": (
        "session_states",
        {"pages/new.py": "import streamlit as st\nst.session_state.page = 1"},
    ),
    "session state by its name": (
        "session_states",
        {"dashboard/panels/new.py": "from streamlit import session_state as kept"},
    ),
    "own HTML": ("own_html", {"dashboard/widgets/new.py": "st.html('<b>')"}),
    "own markup": (
        "own_html",
        {"dashboard/widgets/deep/new.py": "st.markdown(a, unsafe_allow_html=True)"},
    ),
    "a heading with an anchor": (
        "headings_with_anchors",
        {"dashboard/panels/new.py": "import streamlit as st\nst.container().subheader('Facts')"},
    ),
    "a page without set-up": ("pages_without_set_up", {"pages/new.py": "import streamlit"}),
    "no docstring": ("undocumented", {"dashboard/identity/new.py": "def public(): ..."}),
    "a long page": ("long_files", {"pages/new.py": "\n" * (MAX_PAGE_LINES + 1)}),
    "a long file": ("long_files", {"dashboard/panels/new.py": "\n" * (MAX_FILE_LINES + 1)}),
    "a long function": (
        "long_functions",
        {"leadiq_sandbox/new.py": "def f():\n" + "    pass\n" * MAX_FUNCTION_LINES},
    ),
}


@cache
def broken_rules(rule: str) -> list[str]:
    """Returns what breaks a rule today."""
    broken: list[str] = getattr(house(), rule)()
    return broken


@pytest.mark.parametrize("case", BROKEN)
def test_each_rule_catches_what_breaks_it(case: str) -> None:
    rule, added = BROKEN[case]
    before = broken_rules(rule)
    after = getattr(House({**house().sources, **added}), rule)()
    assert set(before) < set(after)
