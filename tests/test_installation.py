"""What is installed, with hashes only, and what the container's image is made of."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from packaging.requirements import Requirement

from dashboard.page import PAGES
from dashboard.server.health import HEALTH

ROOT = Path(__file__).resolve().parents[1]
DOCKERFILE = ROOT / "deploy" / "Dockerfile"
LOCKS = ("requirements.txt", "requirements-auth.txt", "requirements-dev.txt")
TEXTS = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").rglob("*.md"),
    ROOT / ".streamlit" / "secrets.toml.example",
    ROOT / "Makefile",
    DOCKERFILE,
    *ROOT.glob(".ci/*"),
    *(ROOT / "dashboard").rglob("*.py"),
    *(ROOT / "leadiq_api").rglob("*.py"),
]
INSTALL = re.compile(r"pip3? install ([^`&\n]*)")
PINNED = re.compile(r"^([\w.-]+)(?:\[[\w,-]+\])?==(\S+)", re.MULTILINE)

COPY = re.compile(r"^COPY (\S+) (\S+)$", re.MULTILINE)
IMPORT_EVERYTHING = """
import pkgutil
from importlib import import_module
from pathlib import Path
from threading import Thread
import app
for name in ("dashboard", "leadiq_api", "leadiq_sandbox"):
    package = import_module(name)
    assert Path.cwd() in Path(package.__file__).parents
    for module in pkgutil.walk_packages(package.__path__, f"{name}."):
        if ".migrations." not in module.name:  # these are run by Alembic
            import_module(module.name)
"""


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


def test_the_image_has_all_that_the_app_imports(tmp_path: Path) -> None:
    for source, target in COPY.findall(DOCKERFILE.read_text(encoding="utf-8")):
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, tmp_path / target)
        else:
            (tmp_path / target).mkdir(exist_ok=True)
            shutil.copy(ROOT / source, tmp_path / target)
    ran = subprocess.run(
        [sys.executable, "-c", IMPORT_EVERYTHING],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert {path.name for path in (tmp_path / "pages").glob("*.py")} == {
        Path(path).name for path, _ in PAGES
    }


def test_the_build_is_sent_what_the_image_copies_and_nothing_else() -> None:
    first, *rules = [
        line
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    ]
    copied = [source for source, _ in COPY.findall(DOCKERFILE.read_text(encoding="utf-8"))]
    assert first == "*"
    assert sorted(rule[1:] for rule in rules if rule[0] == "!") == sorted(copied)
    # A ledger or bytecode in a folder that is copied; the last rule that fits decides.
    assert rules[len(copied) :] == ["**/__pycache__", "**/*.db*"]


def test_the_image_is_watched_at_the_port_that_it_serves() -> None:
    text = DOCKERFILE.read_text(encoding="utf-8")
    (port,) = re.findall(r"^EXPOSE (\d+)$", text, re.MULTILINE)
    command = json.loads(re.findall(r"^CMD (.+)$", text, re.MULTILINE)[0])
    health = json.loads(re.findall(r"^HEALTHCHECK CMD (.+)$", text, re.MULTILINE)[0])
    assert command[command.index("--server.port") + 1] == port
    assert f"http://127.0.0.1:{port}{HEALTH.path}" in health[-1]


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_the_health_check_asks_the_app_and_no_proxy(status: int, healthy: bool) -> None:
    class App(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

    text = DOCKERFILE.read_text(encoding="utf-8")
    health = json.loads(re.findall(r"^HEALTHCHECK CMD (.+)$", text, re.MULTILINE)[0])
    with ThreadingHTTPServer(("127.0.0.1", 0), App) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        code = health[-1].replace(":8501/", f":{server.server_port}/")
        ran = subprocess.run(
            [sys.executable, *health[1:-1], code],
            env={**os.environ, "http_proxy": "http://127.0.0.1:9"},
            capture_output=True,
            check=False,
        )
        server.shutdown()
    assert (ran.returncode == 0) is healthy, ran.stderr[-2000:]
