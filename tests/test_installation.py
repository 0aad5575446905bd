"""What is installed, and that documents install it with hashes only."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.txt", "requirements-auth.txt", "requirements-dev.txt")
TEXTS = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").rglob("*.md"),
    ROOT / ".streamlit" / "secrets.toml.example",
    ROOT / "Makefile",
    *ROOT.glob(".ci/*"),
    *(ROOT / "dashboard").rglob("*.py"),
    *(ROOT / "leadiq_api").rglob("*.py"),
]
INSTALL = re.compile(r"pip3? install ([^`&\n]*)")
PINNED = re.compile(r"^([\w.-]+)(?:\[[\w,-]+\])?==(\S+)", re.MULTILINE)


def locked(name: str) -> dict[str, set[str]]:
    """The versions of each package in a lock: several where they differ between Pythons."""
    versions: dict[str, set[str]] = {}
    for package, version in PINNED.findall((ROOT / name).read_text(encoding="utf-8")):
        versions.setdefault(package.lower(), set()).add(version)
    return versions


def test_each_documented_installation_asks_for_hashes() -> None:
    commands = [
        (path.name, command)
        for path in TEXTS
        for command in INSTALL.findall(path.read_text(encoding="utf-8"))
    ]
    assert len(commands) >= 4
    for _, command in commands:
        assert "--require-hashes" in command, commands
        (lock,) = re.findall(r"-r (requirements[\w-]*\.txt)", command)
        assert lock in LOCKS


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_of_a_lock_has_hashes(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    packages = re.split(r"^(?=[\w.-]+(?:\[[\w,-]+\])?==)", text, flags=re.MULTILINE)[1:]
    assert len(packages) > 50
    assert [package for package in packages if "--hash=sha256:" not in package] == []


def test_what_can_be_installed_is_locked_at_one_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    assert {*extras} == {"auth"}
    runtime, auth, development = map(locked, LOCKS)
    for requirement in map(Requirement, [*project["dependencies"], *extras["auth"]]):
        name = requirement.name.lower()
        assert all(requirement.specifier.contains(version) for version in auth[name]), name
    assert {Requirement(text).name for text in project["dependencies"]} <= {*runtime}
    for name, versions in (runtime | auth).items():
        assert auth[name] == versions, name
        assert development.get(name, versions) == versions, name
