"""Databases of both kinds: SQLite and, if PostgreSQL is installed, a server of our own."""

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from dashboard.ledger.ledger import Ledger

KINDS = ("sqlite", "postgresql")
NOT_INSTALLED = "PostgreSQL was not found: on Debian, apt-get install postgresql"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Yields the URL of an empty PostgreSQL server that is stopped after the tests."""
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or [
        Path(path) for path in filter(None, [shutil.which("initdb")])
    ]
    if not candidates:
        if os.environ.get("REQUIRE_POSTGRES"):
            pytest.fail(NOT_INSTALLED)
        pytest.skip(NOT_INSTALLED)
    programs = candidates[-1].parent
    # Not below pytest's own folder, which its other runs and workers close to other users.
    folder = Path(tempfile.mkdtemp(prefix="leadiq-postgres-"))
    # PostgreSQL refuses to run as root.
    user = "postgres" if getpass.getuser() == "root" else None
    if user:
        shutil.chown(folder, user)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = folder / "data"

    def run(*command: str) -> None:
        subprocess.run(command, user=user, check=True, stdout=subprocess.DEVNULL, cwd="/tmp")  # noqa: S108  readable by all

    run(str(programs / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-N")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='{folder}'"
    control = str(programs / "pg_ctl")
    log = str(folder / "log")
    run(control, "-D", str(data), "-l", log, "-w", "-o", options, "start")
    yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    run(control, "-D", str(data), "-m", "immediate", "stop")
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def migrated_postgres(postgres: str) -> str:
    """Returns the URL of a database on that server as a first start leaves it: the template."""
    url = _create_database(postgres, "migrated", "template0")
    Ledger(url).close()
    return url


@pytest.fixture(params=KINDS)
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Returns the URL of a database without tables, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    return _create_database(request.getfixturevalue("postgres"), "console", "template0")


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest) -> str:
    """Returns the URL of a database as a first start leaves it, once of each kind."""
    if request.param == "sqlite":
        url: str = request.getfixturevalue("sqlite_url")
        return url
    return _create_database(request.getfixturevalue("migrated_postgres"), "console", "migrated")


def _create_database(server: str, name: str, template: str) -> str:
    """Creates a database as a copy of another one, in the place of an earlier one; its URL."""
    url = sa.make_url(server).set(drivername="postgresql+psycopg", database="postgres")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as db:
        db.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        db.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    engine.dispose()
    return url.set(drivername="postgresql", database=name).render_as_string()
