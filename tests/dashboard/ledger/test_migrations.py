"""Migrations on both databases: from nothing, from every version of 6ad7b33, and at once.

``made_by_6ad7b33`` holds a database of version 4 of each kind, as that revision wrote it. Its
versions 1 to 3 have the same tables with fewer of them, as the history of that revision shows.
"""

from __future__ import annotations

import ast
import hashlib
import logging
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from dashboard.ledger import migrations, schema
from dashboard.ledger.budgets import Budget
from dashboard.ledger.database import Database, LedgerError
from dashboard.ledger.ledger import BudgetExceededError, Ledger
from tests.dashboard.ledger.driver import ACCOUNT, engine_of, request, run_at_once, up_to

DUMPS = Path(__file__).parent / "made_by_6ad7b33"
VERSIONS = migrations.FOLDER / "versions"
TABLES_OF_VERSION = {
    2: ("days", "budgets"),
    3: ("searches", "runs", "finds", "suggestions"),
    4: ("jobs", "job_rows", "job_requests"),
}
TABLES_SINCE_6AD7B33 = {"sign_outs", "tracking_imports"}
# The SHA-256 of every released migration.
FROZEN = {
    "0001_spending.py": "ff67345b51c5c445523275e8893a6da0edff53764f45947b79391939d6be1ded",
    "0002_budgets.py": "8449f98c521d47008c2c47e7913dfdd402db12d404990553006f2aa262916cd8",
    "0003_saved_searches.py": "2446681fd6af857d77d6d9952643c5643ac4e77adeeba5aba85af4f4d1a43b8b",
    "0004_jobs.py": "1ff3610aca6624d133a8c09c4fe467c81fd9189739cf9e330ee8a2e022b2d73c",
    "0005_settlements.py": "16f5f1348d2a31b10a4ee31aed7505f7ac5c13079dd6f90af3381b4bafbfcabf",
    "0006_corrections.py": "1133d1351a8c35a892562a2c5c7db88b4bc522d561733b943d97001b7a89797a",
    "0007_quality.py": "0c92d94c8de8bf75e8112389ce768f43830ee51681be1d20e65a6754580f0780",
    "0008_sign_outs.py": "e8ed0f5a121051c9c8eef57fb2af3a9b34b7c4db8c8b092c3550140712c27456",
    "0009_user_budgets.py": "443ca53f9b467677882ebd064528b894474eb9a05e4b834713b321c33aad752f",
    "0010_reviews.py": "dcd7d7581258a63ce0e3f3ae7fc49d81c3f6a1ba490c3d4d709f17518555562d",
    "0011_tracking_imports.py": "c36d72efd5cac33c7945fad0c3d64ea682b20dfe462cbae6ced679a5be192077",
    "0012_user_spelling.py": "1eae1896b9e5083ea821befe96349a0292042626f638cc6661b9285d59343640",
    "0013_repeats.py": "5c7c84fcf6ee4b9d9972d2141d4cc3f6e88a83f63b8181090af017ab8f96ab1a",
}

Contents = dict[str, list[tuple[Any, ...]]]


def restore(url: str) -> None:
    """Fills an empty database with what 6ad7b33 wrote."""
    kind = sa.make_url(url).get_backend_name()
    script = (DUMPS / f"{kind}.sql").read_text(encoding="utf-8")
    if kind == "sqlite":
        file = sqlite3.connect(str(sa.make_url(url).database))
        file.executescript(script)
        file.close()
    else:
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(script)  # type: ignore[arg-type]  # psycopg wants literals only


def go_back(url: str, version: int, *, keep_index: bool = False) -> None:
    """Makes a version-4 database one of an earlier version."""
    engine = engine_of(url)
    with engine.begin() as db:
        for later in range(version + 1, 5):
            for table in TABLES_OF_VERSION[later]:
                db.exec_driver_sql(f"DROP TABLE {table}")
        if not keep_index:
            db.exec_driver_sql("DROP INDEX events_job")
        db.execute(schema.versions.update().values(version=version))
    engine.dispose()


def contents(url: str) -> Contents:
    """Every row of every table, read without the ledger and without its tables."""
    engine = engine_of(url)
    found = sa.MetaData()
    with engine.connect() as db:
        found.reflect(db)
        rows = {
            name: sorted(map(tuple, db.execute(sa.select(table)).all()), key=repr)
            for name, table in found.tables.items()
        }
    engine.dispose()
    return rows


def without_versions(rows: Contents) -> Contents:
    return {name: table for name, table in rows.items() if "version" not in name}


def shortened(after: Contents, before: Contents) -> Contents:
    """The tables of ``before``, with the columns that they had: later ones are added at the end."""
    return {
        name: sorted((row[: len(rows[0])] for row in after[name]), key=repr)
        if rows
        else after[name]
        for name, rows in before.items()
    }


def versions(url: str) -> tuple[Any, Any]:
    rows = contents(url)
    return rows["ledger_version"], rows[migrations.VERSION_TABLE]


def differences(url: str) -> list[Any]:
    """What distinguishes the tables in a database from the live ones, types included."""
    engine = engine_of(url)
    with engine.connect() as db:
        context = MigrationContext.configure(db, opts={"version_table": migrations.VERSION_TABLE})
        found = compare_metadata(context, schema.metadata)
    engine.dispose()
    return found


CURRENT = ([(len(migrations.REVISIONS),)], [(migrations.REVISIONS[-1],)])


def open_twice(url: str) -> None:
    for _ in range(2):  # upgraded, then opened as it is
        Database(url).close()


# One step after the other -------------------------------------------------------------------------


@pytest.fixture
def database(empty_database: str) -> str:
    return empty_database


def test_a_new_database_has_the_live_tables(database: str) -> None:
    open_twice(database)
    assert differences(database) == []
    assert versions(database) == CURRENT


def test_a_difference_would_be_found(database: str) -> None:
    Database(database).close()
    engine = engine_of(database)
    with engine.begin() as db:
        db.exec_driver_sql("DROP INDEX events_job")
        db.exec_driver_sql("ALTER TABLE jobs ADD COLUMN extra INTEGER")
    engine.dispose()
    assert {difference[0] for difference in differences(database)} == {
        "add_index",
        "remove_column",
    }


def test_a_version_4_database_opens_without_loss(database: str) -> None:
    restore(database)
    before = contents(database)
    assert set(before) == set(schema.metadata.tables) - TABLES_SINCE_6AD7B33
    assert all(before.values())  # no table is empty, so that none could be lost unnoticed
    open_twice(database)
    kept = without_versions(before)
    assert shortened(contents(database), kept) == kept
    assert differences(database) == []
    assert versions(database) == CURRENT


def test_the_newest_balance_of_an_earlier_console_counts_what_followed_it(database: str) -> None:
    """By the ids of the events; an event that is later by its clock makes the balance older."""
    restore(database)
    ledger = Ledger(database)
    with ledger.database.reading() as db:
        settlements = db.execute(sa.select(schema.events.c.id, schema.events.c.settlement)).all()
        marks = db.execute(sa.select(schema.snapshots.c.mark).order_by(schema.snapshots.c.id)).all()
    assert dict(map(tuple, settlements)) == {id: None if id == 5 else id for id in range(1, 9)}
    assert [*map(tuple, marks)] == [(None,), (1,)]
    # Available 989; after it 2.5 estimated, 1 and 1 unknown, 100 open, 1 estimated; 10 in reserve.
    ledger.budgets.save(ACCOUNT, Budget(reserve=Decimal(10)))
    with pytest.raises(BudgetExceededError, match=r"the balance has only 883\.5 UC left"):
        ledger.reserve(request(), up_to("873.6"))
    ledger.reserve(request(), up_to("873.5"))
    ledger.close()


def test_what_an_earlier_console_showed_as_spent_elsewhere_is_kept(database: str) -> None:
    """40 UC on the second day, of which 12 are our own; on the third a new period begins."""
    restore(database)
    engine = engine_of(database)
    with engine.begin() as db:
        db.exec_driver_sql("DELETE FROM snapshots")
        db.exec_driver_sql("DELETE FROM days")
        for id, (day, used) in enumerate([(100, 10), (101, 20), (101, 50), (102, 5)], start=1):
            db.exec_driver_sql(
                f"INSERT INTO snapshots (id, account, at, available, used)"  # noqa: S608  constants
                f" VALUES ({id}, '{ACCOUNT}', {day * schema.DAY_MS + id}, 0, {used * 1000})"
            )
        db.exec_driver_sql(
            f"INSERT INTO days (account, day, page, operation, data_points, requests, returned,"  # noqa: S608
            f" emails, charge) VALUES ('{ACCOUNT}', 101, 'Test', 'whoami', '', 1, 1, 0, 12000)"
        )
    engine.dispose()
    ledger = Ledger(database)
    elsewhere = ledger.history(ACCOUNT).elsewhere(date(1970, 1, 1), date(1971, 1, 1))
    ledger.close()
    assert [(str(row.day.date()), row.charge) for row in elsewhere.itertuples()] == [
        ("1970-04-12", 28.0),
        ("1970-04-13", 5.0),
    ]


@pytest.mark.parametrize("version", [1, 2, 3])
def test_an_older_version_opens_without_loss(database: str, version: int) -> None:
    restore(database)
    newest = contents(database)
    go_back(database, version)
    before = contents(database)
    open_twice(database)
    after = contents(database)
    kept = without_versions(before)
    assert shortened(after, kept) == kept
    if version == 1:  # the sums by day are computed; emails were not counted yet
        assert after["days"] == sorted(((*row[:7], 0, row[8]) for row in newest["days"]), key=repr)
    assert differences(database) == []
    assert versions(database) == CURRENT


def test_an_index_that_exists_already_is_kept(database: str) -> None:
    """6ad7b33 created the index of version 4 together with the table of version 1."""
    restore(database)
    go_back(database, 1, keep_index=True)
    open_twice(database)
    assert differences(database) == []


def test_an_upgraded_database_is_worked_with(database: str) -> None:
    restore(database)
    ledger = Ledger(database)
    ledger.spent_today(ACCOUNT)
    assert [search.name for search in ledger.saved_searches.all(ACCOUNT)] == [
        "Heads of sales, “DACH”"
    ]
    assert ledger.budgets.read(ACCOUNT).per_job is not None
    ledger.record_balance(ACCOUNT, available=900, used=100)  # new ids continue after the old ones
    ledger.close()
    assert len(contents(database)["snapshots"]) == 3


# What is refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "value"), [("ledger_version", "99"), (migrations.VERSION_TABLE, "0099")]
)
def test_a_newer_database_is_refused(database: str, table: str, value: str) -> None:
    Database(database).close()
    engine = engine_of(database)
    column = "version" if table == "ledger_version" else "version_num"
    with engine.begin() as db:
        db.exec_driver_sql(f"UPDATE {table} SET {column} = '{value}'")  # noqa: S608  constants
    before = contents(database)
    known = len(migrations.REVISIONS)
    with pytest.raises(
        LedgerError, match=f"newer console: version {value}, where this one knows {known}"
    ):
        Database(database)
    assert contents(database) == before
    engine.dispose()


def test_a_newer_database_from_before_alembic_is_refused(database: str) -> None:
    restore(database)
    engine = engine_of(database)
    newer = len(migrations.REVISIONS) + 1
    with engine.begin() as db:
        db.execute(schema.versions.update().values(version=newer))
    engine.dispose()
    with pytest.raises(LedgerError, match=f"newer console: version {newer}"):
        Database(database)
    assert migrations.VERSION_TABLE not in contents(database)


def test_another_application_s_alembic_version_is_left_alone(database: str) -> None:
    engine = engine_of(database)
    with engine.begin() as db:
        db.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        db.exec_driver_sql("INSERT INTO alembic_version VALUES ('5f3a9c2e7b10')")
    engine.dispose()
    open_twice(database)
    assert contents(database)["alembic_version"] == [("5f3a9c2e7b10",)]
    assert versions(database) == CURRENT


def test_a_failed_upgrade_leaves_nothing_behind(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade = migrations.upgrade

    def fail_at_the_end(*arguments: Any) -> None:
        upgrade(*arguments)
        raise OSError("the power failed")

    monkeypatch.setattr(migrations, "upgrade", fail_at_the_end)
    with pytest.raises(LedgerError, match="the power failed"):
        Database(database)
    assert contents(database) == {}


# Several at once ----------------------------------------------------------------------------------

OPEN_WHEN_ASKED = """
import sys
from dashboard.ledger.database import Database
print("ready", flush=True)
sys.stdin.readline()
Database(sys.argv[1]).close()
"""


def open_in_processes(url: str, number: int) -> Iterable[int]:
    """Opens a database in so many processes together; returns how each ended."""
    command = [sys.executable, "-c", OPEN_WHEN_ASKED, url]
    pipe = subprocess.PIPE
    processes = [subprocess.Popen(command, stdin=pipe, stdout=pipe) for _ in range(number)]
    for process in processes:
        assert process.stdout
        process.stdout.readline()
    for process in processes:
        assert process.stdin
        process.stdin.write(b"\n")
        process.stdin.flush()
    for process in processes:
        process.communicate()
    return [process.returncode for process in processes]


@pytest.mark.parametrize("version", [0, 1, 4])
def test_processes_that_start_together_upgrade_once(database: str, version: int) -> None:
    rows: Contents = {}
    if version:
        restore(database)
        if version < 4:
            go_back(database, version)
        rows = without_versions(contents(database))
    assert set(open_in_processes(database, 4)) == {0}
    after = contents(database)
    assert shortened(after, rows) == rows
    assert versions(database) == CURRENT
    assert differences(database) == []


def test_threads_that_start_together_upgrade_once(database: str, tmp_path: Path) -> None:
    """Some of them in a database of their own: Alembic's globals belong to one at a time."""
    urls = [database, database, database, *(f"sqlite:///{tmp_path}/{n}.db" for n in range(3))]
    run_at_once(len(urls), lambda index: Database(urls[index]).close())
    for url in urls:
        assert versions(url) == CURRENT
        assert differences(url) == []


# What Alembic does not do -------------------------------------------------------------------------


def test_alembic_is_imported_for_an_upgrade_only(tmp_path: Path) -> None:
    """Its import takes longer than to open a database."""
    script = (
        "import sys; from dashboard.ledger.database import Database;"
        " Database(sys.argv[1]).close(); print('alembic' in sys.modules)"
    )
    command = [sys.executable, "-c", script, f"sqlite:///{tmp_path}/ledger.db"]
    imported = [subprocess.check_output(command, text=True).strip() for _ in range(2)]
    assert imported == ["True", "False"]


def test_an_upgrade_configures_no_logging(tmp_path: Path) -> None:
    other = logging.getLogger("some.library")
    before = (logging.root.level, [*logging.root.handlers], other.disabled)
    Database(f"sqlite:///{tmp_path}/ledger.db").close()
    assert (logging.root.level, [*logging.root.handlers], other.disabled) == before
    assert logging.getLogger("alembic").level == logging.NOTSET


# The files ----------------------------------------------------------------------------------------


def test_revisions_are_the_files_in_their_order() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations.FOLDER))
    scripts = ScriptDirectory.from_config(config).walk_revisions()
    assert tuple(script.revision for script in scripts) == migrations.REVISIONS[::-1]


def test_a_released_migration_is_never_changed() -> None:
    hashes = {
        path.name: hashlib.sha256(path.read_text("utf-8").encode()).hexdigest()
        for path in sorted(VERSIONS.glob("*.py"))
    }
    assert hashes == FROZEN, (
        "A released migration was changed, and databases that had it already will not have the "
        "change: restore it, and add a new file with the next number to "
        "dashboard/ledger/migrations/versions, to REVISIONS, and to FROZEN here."
    )


@pytest.mark.parametrize("name", FROZEN)
def test_a_migration_imports_nothing_that_changes(name: str) -> None:
    tree = ast.parse((VERSIONS / name).read_text(encoding="utf-8"))
    imported = {
        module.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for module in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [f"{'.' * node.level}{node.module}"]
        )
    }
    assert imported - sys.stdlib_module_names == {"alembic", "sqlalchemy"}
