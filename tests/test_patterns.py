"""Every pattern takes time in proportion to the text that it is applied to.

The patterns are found in the source, so that new ones are tested too. A pattern is applied by the
method that the source applies it by: what is linear for ``match`` may be quadratic for ``search``.
"""

import ast
import importlib
import itertools
import math
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("dashboard", "leadiq_api", "leadiq_sandbox")
METHODS = ("match", "fullmatch", "search", "findall", "finditer", "split", "sub")
CALLS = {"re.compile", *(f"re.{method}" for method in METHODS)}

# What patterns look for, or stop at. The hostile texts are many of one, then many of another.
ATOMS = (
    *" \t\n;,.:@<>-=/&#\\\"'([`~$0aİ",
    *("a.", "a@", "a ", "1,", '""', "://", "mailto:", "linkedin.com/in/", "/a1", "\u200b", "inc "),
)
ENDS = ("", "\n!", "@")
SHORT, MEDIUM, LONG = 1_000, 4_000, 16_000  # characters
UNNOTICEABLE = 0.01  # seconds of CPU for MEDIUM; a quadratic pattern needs 0.015 and more
MAX_GROWTH = 64.0  # from SHORT to LONG: linear is 16, quadratic 256
TRIES = 5


class Pattern(NamedTuple):
    """A pattern of the source, and a method that it is used by."""

    place: str
    regex: re.Pattern[str]
    method: str

    def apply(self, text: str) -> None:
        searched = text if isinstance(self.regex.pattern, str) else text.encode()
        arguments = ("", searched) if self.method == "sub" else (searched,)
        result = getattr(self.regex, self.method)(*arguments)
        if self.method == "finditer":
            list(result)


def sources() -> Iterator[tuple[Path, ast.Module]]:
    """The modules that name a method of patterns, or compile one."""
    named = re.compile("|".join(f"\\.{name}\\b" for name in (*METHODS, "compile")))
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" in path.parts or path.name == "__main__.py":
                continue
            source = path.read_text(encoding="utf-8")
            if named.search(source):
                yield path, ast.parse(source)


def name_of(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def qualified_name_of(node: ast.AST) -> str:
    return f"{name_of(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else ""


def uses(trees: list[tuple[Path, ast.Module]]) -> dict[str, set[str]]:
    """The methods that each name is used by, as in ``DOMAIN.fullmatch``."""
    found: dict[str, set[str]] = {}
    for _, tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in METHODS:
                found.setdefault(name_of(node.value), set()).add(node.attr)
    return found


def methods_by_call(tree: ast.Module, methods_of: dict[str, set[str]]) -> dict[ast.AST, set[str]]:
    """The methods of a compiled pattern: of the name that it is assigned to, or its own."""
    methods: dict[ast.AST, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            methods[node.value] = methods_of.get(name_of(node.targets[0]), set())
        elif isinstance(node, ast.Attribute) and node.attr in METHODS:
            methods[node.value] = {node.attr}
    return methods


def patterns() -> Iterator[Pattern]:
    trees = [*sources()]
    methods_of = uses(trees)
    for path, tree in trees:
        methods = methods_by_call(tree, methods_of)
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or qualified_name_of(node.func) not in CALLS:
                continue
            arguments = [
                node.args[0],
                *(word.value for word in node.keywords if word.arg == "flags"),
            ]
            arguments += [arg for arg in node.args[1:] if ast.unparse(arg).startswith("re.")]
            namespace = vars(importlib.import_module(module))
            pattern, *flags = (
                eval(ast.unparse(argument), namespace)  # noqa: S307  our own source
                for argument in arguments
            )
            regex = re.compile(pattern, *flags)
            method = name_of(node.func)
            for name in sorted(methods[node]) if method == "compile" else [method]:
                yield Pattern(f"{module}:{node.lineno} {name}", regex, name)


def cpu_seconds(work: Callable[[str], Any], text: str) -> float:
    """The CPU time of this thread: that of other programs does not count."""
    before = time.thread_time()
    work(text)
    return time.thread_time() - before


def hostile(size: int, first: str, second: str, end: str) -> str:
    half = size // 2
    return (first * half)[:half] + (second * half)[:half] + end


def growth(pattern: Pattern, parts: tuple[str, str, str]) -> float:
    """How many times as long LONG takes as SHORT.

    A busy machine only ever makes it slower, so one try below MAX_GROWTH shows that it is linear.
    """
    times = shortest = longest = math.inf
    for _ in range(TRIES):
        shortest = min(shortest, cpu_seconds(pattern.apply, hostile(SHORT, *parts)))
        longest = min(longest, cpu_seconds(pattern.apply, hostile(LONG, *parts)))
        times = longest / shortest
        if times < MAX_GROWTH:
            break
    return times


ALL = [*patterns()]


def test_the_patterns_of_the_source_are_found() -> None:
    assert len(ALL) >= 30
    assert any(pattern.place.startswith("dashboard.tables") for pattern in ALL)


@pytest.mark.parametrize("pattern", ALL, ids=lambda pattern: pattern.place)
def test_a_pattern_is_linear(pattern: Pattern) -> None:
    for parts in itertools.product(ATOMS, ATOMS, ENDS):
        if cpu_seconds(pattern.apply, hostile(MEDIUM, *parts)) >= UNNOTICEABLE:
            times = growth(pattern, parts)
            assert times < MAX_GROWTH, f"{times:.0f} times as long for {parts}"


def test_a_quadratic_pattern_would_be_found() -> None:
    with pytest.raises(AssertionError, match="times as long"):
        test_a_pattern_is_linear(Pattern("quadratic", re.compile(r"\s*[^<>@]*<"), "match"))
