"""What changes: credits and unlocks, lists and prospects, in one SQLite file or in memory."""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path
from typing import Any

from leadiq_sandbox.accounting import PUBLISHED, SECONDS_PER_MINUTE, Accounting, Delay
from leadiq_sandbox.billing import Bill, Unlock
from leadiq_sandbox.errors import RefusalError

Json = dict[str, Any]

# UC, as LeadIQ's guide lists them.
PRICES: Mapping[str, Decimal] = {
    "Profile": Decimal("0.1"),
    "PersonEmail": Decimal(1),
    "PersonPhone": Decimal(10),
    "Company": Decimal(3),
    "EmailReverification": Decimal("0.1"),
}
YEAR_SECONDS = 365 * 86_400  # how long an unlock stays free

SCHEMA = """
CREATE TABLE IF NOT EXISTS meter (only INTEGER PRIMARY KEY CHECK (only = 1), used TEXT NOT NULL);
INSERT OR IGNORE INTO meter VALUES (1, '0');
CREATE TABLE IF NOT EXISTS period (only INTEGER PRIMARY KEY CHECK (only = 1), month TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS address (
  only INTEGER PRIMARY KEY CHECK (only = 1), port INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS unlocks (
  kind TEXT, id TEXT, at REAL NOT NULL, PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS charges (
  kind TEXT NOT NULL, id TEXT NOT NULL, price TEXT NOT NULL, at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS lists (
  place INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, name TEXT NOT NULL,
  description TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS prospects (
  place INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, email TEXT, first_name TEXT,
  last_name TEXT, body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS prospects_email ON prospects (email);
CREATE TABLE IF NOT EXISTS memberships (
  place INTEGER PRIMARY KEY, list_id TEXT NOT NULL, prospect_id TEXT NOT NULL,
  UNIQUE (list_id, prospect_id)
);
CREATE INDEX IF NOT EXISTS memberships_prospect ON memberships (prospect_id);
"""


def _make_private(file: Path) -> None:
    """Lets only the user read a database; SQLite gives its other files the same mode."""
    file.touch(mode=0o600)
    for path in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
        if path.exists():
            path.chmod(0o600)


class Store:
    """All state of one account, in ``file`` or in memory.

    ``credits`` in UC; ``accounting`` says what is charged, and how it is reported. Each method is
    one transaction, and may be called by any thread.
    """

    def __init__(
        self, file: Path | None, credits: Decimal, accounting: Accounting = PUBLISHED
    ) -> None:
        self.credits = credits
        self.accounting = accounting
        self.used_elsewhere = Decimal(0)  # UC of what is used, by others than the server's clients
        self._lock = threading.RLock()
        if file:
            _make_private(file)
        self._db = sqlite3.connect(file or ":memory:", check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        if file:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(SCHEMA)
        self._skipped = 0.0  # seconds
        self._reported = Delay(accounting.balance_delay, self._meter(self._db))
        self._colleague_since = self._now()

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._db:
            yield self._db

    @property
    def port(self) -> int:
        """The port that the server had last; 0 before its first start."""
        with self._transaction() as db:
            row = db.execute("SELECT port FROM address").fetchone()
        return 0 if row is None else int(row["port"])

    @port.setter
    def port(self, port: int) -> None:
        with self._transaction() as db:
            db.execute("INSERT OR REPLACE INTO address VALUES (1, ?)", (port,))

    # Credits ---------------------------------------------------------------------------------

    @property
    def used(self) -> Decimal:
        """UC charged so far, exactly and as of now: what a ledger is to agree with."""
        with self._transaction() as db:
            self._pass_time(db)
            return self._meter(db)

    @property
    def available(self) -> Decimal:
        """UC left."""
        return self.credits - self.used

    def balance(self) -> tuple[int, int]:
        """Returns (used, available) as ``account`` reports them: in whole UC, perhaps late."""
        with self._transaction() as db:
            self._pass_time(db)
            return self.accounting.balance(self._reported.read(self._now()), self.credits)

    def spend_elsewhere(self, price: Decimal) -> None:
        """Spends UC as a colleague in LeadIQ itself does, as far as the credits reach."""
        with self._transaction() as db:
            self._spend_elsewhere(db, price)

    def skip_time(self, seconds: float) -> None:
        """Lets time pass for a delayed balance, and for a colleague."""
        self._skipped += seconds

    def charge(self, bill: Bill, granted: Iterable[Unlock] = ()) -> Decimal:
        """Charges what was not unlocked within a year, all or nothing. Returns the UC charged.

        ``granted`` is unlocked with it: paying for more of a person includes the profile.
        Refuses with 402 if the balance does not cover it; then nothing is unlocked.
        """
        now = time.time()
        with self._transaction() as db:
            self._pass_time(db)
            fresh = {
                unlock
                for record in bill
                for unlock in record
                if self.accounting.charges_again(unlock[0]) or not self._unlocked(db, unlock, now)
            }
            price = sum((PRICES[kind] for kind, _ in fresh), Decimal(0))
            self._spend(db, price)
            new = fresh | {unlock for unlock in granted if not self._unlocked(db, unlock, now)}
            db.executemany(
                "INSERT OR REPLACE INTO unlocks VALUES (?, ?, ?)",
                [(kind, id, now) for kind, id in new],
            )
            db.executemany(
                "INSERT INTO charges VALUES (?, ?, ?, ?)",
                [(kind, id, str(PRICES[kind]), now) for kind, id in fresh],
            )
        return price

    def charges(self) -> list[tuple[str, str, Decimal]]:
        """Returns every charge for a record, in order: (price name, id, UC)."""
        with self._transaction() as db:
            rows = db.execute("SELECT kind, id, price FROM charges ORDER BY rowid").fetchall()
        return [(row["kind"], row["id"], Decimal(row["price"])) for row in rows]

    def spend(self, price: Decimal) -> None:
        """Charges a price that unlocks nothing, such as a verification; 402 if it is too much."""
        with self._transaction() as db:
            self._pass_time(db)
            self._spend(db, price)

    @staticmethod
    def _meter(db: sqlite3.Connection) -> Decimal:
        return Decimal(db.execute("SELECT used FROM meter").fetchone()["used"])

    def _spend(self, db: sqlite3.Connection, price: Decimal) -> None:
        if not price:
            return
        used = self._meter(db) + price
        if used > self.credits:
            raise RefusalError(HTTPStatus.PAYMENT_REQUIRED)
        db.execute("UPDATE meter SET used = ?", (str(used),))
        self._reported.record(used, self._now())

    def _spend_elsewhere(self, db: sqlite3.Connection, price: Decimal) -> None:
        affordable = min(price, max(Decimal(0), self.credits - self._meter(db)))
        self._spend(db, affordable)
        self.used_elsewhere += affordable

    def _pass_time(self, db: sqlite3.Connection) -> None:
        """Renews the credits in a new month, and spends what a colleague has meanwhile."""
        month = f"{datetime.now(UTC):%Y-%m}"
        stored = db.execute("SELECT month FROM period").fetchone()
        if stored is None or stored["month"] != month:
            db.execute("INSERT OR REPLACE INTO period VALUES (1, ?)", (month,))
            if stored is not None:
                db.execute("UPDATE meter SET used = '0'")
        # Another process may have charged the same file.
        self._reported.record(self._meter(db), self._now())
        if not self.accounting.colleague:
            return
        seconds = SECONDS_PER_MINUTE / self.accounting.colleague  # for each UC
        due = int((self._now() - self._colleague_since) / seconds)
        self._colleague_since += due * seconds
        self._spend_elsewhere(db, Decimal(due))

    def _now(self) -> float:
        return time.monotonic() + self._skipped

    @staticmethod
    def _unlocked(db: sqlite3.Connection, unlock: Unlock, now: float) -> bool:
        row = db.execute("SELECT at FROM unlocks WHERE kind = ? AND id = ?", unlock).fetchone()
        return row is not None and row["at"] > now - YEAR_SECONDS

    # Lists -----------------------------------------------------------------------------------

    def create_list(self, name: str, description: str | None) -> Json:
        """Creates a list; 409 if the name is taken."""
        now = _now()
        with self._transaction() as db:
            taken = {row["name"].strip().casefold() for row in db.execute("SELECT name FROM lists")}
            if name.strip().casefold() in taken:
                raise RefusalError(
                    HTTPStatus.CONFLICT, "A list with this name already exists", "list_name_taken"
                )
            list_id = secrets.token_hex(12)
            db.execute(
                "INSERT INTO lists (id, name, description, created_at, updated_at) "
                "VALUES (?, ?, ?, ?, ?)",
                (list_id, name, description, now, now),
            )
        return self.get_list(list_id)

    def get_list(self, list_id: str) -> Json:
        """Returns one list; 404 if there is none."""
        with self._transaction() as db:
            row = db.execute("SELECT * FROM lists WHERE id = ?", (list_id,)).fetchone()
        if row is None:
            raise RefusalError(HTTPStatus.NOT_FOUND, "List not found")
        return _list(row)

    def lists(self, limit: int, cursor: str | None) -> tuple[list[Json], str | None]:
        """Returns a page of lists, oldest first, and the cursor of the next page."""
        with self._transaction() as db:
            after = self._row_number(db, "lists", cursor)
            rows = db.execute(
                "SELECT * FROM lists WHERE place > ? ORDER BY place LIMIT ?", (after, limit + 1)
            ).fetchall()
        more = len(rows) > limit
        return [_list(row) for row in rows[:limit]], rows[limit - 1]["id"] if more else None

    # Prospects -------------------------------------------------------------------------------

    def create_prospect(self, body: Json, list_id: str | None) -> Json:
        """Creates a prospect, on a list if one is named. Never deduplicated."""
        now = _now()
        prospect = {"id": secrets.token_hex(12), **body, "createdAt": now, "updatedAt": now}
        with self._transaction() as db:
            if list_id is not None:
                self.get_list(list_id)
            db.execute(
                "INSERT INTO prospects (id, email, first_name, last_name, body) "
                "VALUES (?, ?, ?, ?, ?)",
                (
                    prospect["id"],
                    (body.get("workEmail") or "").lower() or None,
                    (body.get("firstName") or "").lower(),
                    (body.get("lastName") or "").lower(),
                    json.dumps(prospect),
                ),
            )
            if list_id is not None:
                self._attach(db, list_id, prospect["id"])
        return self.prospect(prospect["id"])

    def attach(self, list_id: str, prospect_id: str) -> Json:
        """Puts an existing prospect on a list. Idempotent; 404 if either is missing."""
        with self._transaction() as db:
            self.get_list(list_id)
            self.prospect(prospect_id)
            self._attach(db, list_id, prospect_id)
        return self.prospect(prospect_id)

    @staticmethod
    def _attach(db: sqlite3.Connection, list_id: str, prospect_id: str) -> None:
        db.execute(
            "INSERT OR IGNORE INTO memberships (list_id, prospect_id) VALUES (?, ?)",
            (list_id, prospect_id),
        )
        db.execute("UPDATE lists SET updated_at = ? WHERE id = ?", (_now(), list_id))

    def prospect(self, prospect_id: str) -> Json:
        """Returns one prospect with the ids of its lists; 404 if there is none."""
        with self._transaction() as db:
            row = db.execute("SELECT body FROM prospects WHERE id = ?", (prospect_id,)).fetchone()
            if row is None:
                raise RefusalError(HTTPStatus.NOT_FOUND, "Prospect not found")
            return self._prospect(db, row["body"])

    def set_email_status(self, prospect_id: str, status: str) -> Json:
        """Stores the verdict of a verification. Returns the prospect; 404 if there is none."""
        with self._transaction() as db:
            prospect = self.prospect(prospect_id)
            del prospect["listIds"]
            prospect |= {"emailStatus": status, "updatedAt": _now()}
            db.execute(
                "UPDATE prospects SET body = ? WHERE id = ?", (json.dumps(prospect), prospect_id)
            )
        return self.prospect(prospect_id)

    def prospects(
        self,
        limit: int,
        cursor: str | None,
        *,
        list_id: str | None = None,
        email: str | None = None,
        name: tuple[str, str] | None = None,
    ) -> tuple[list[Json], str | None]:
        """Returns a page of prospects, oldest first, and the cursor of the next page.

        Of one list, or of all; by address, or by (first, last) name, in any case.
        """
        wheres, values = ["place > ?"], list[str]()
        if email is not None:
            wheres.append("email = ?")
            values.append(email.lower())
        if name is not None:
            wheres.append("first_name = ? AND last_name = ?")
            values += [part.lower() for part in name]
        with self._transaction() as db:
            if list_id is not None:
                self.get_list(list_id)
                wheres.append("id IN (SELECT prospect_id FROM memberships WHERE list_id = ?)")
                values.append(list_id)
            after = self._row_number(db, "prospects", cursor)
            rows = db.execute(
                f"SELECT id, body FROM prospects WHERE {' AND '.join(wheres)} "  # noqa: S608
                "ORDER BY place LIMIT ?",  # only constants are put together, values are bound
                (after, *values, limit + 1),
            ).fetchall()
            more = len(rows) > limit
            page = [self._prospect(db, row["body"]) for row in rows[:limit]]
        return page, rows[limit - 1]["id"] if more else None

    @staticmethod
    def _prospect(db: sqlite3.Connection, body: str) -> Json:
        prospect: Json = json.loads(body)
        memberships = db.execute(
            "SELECT list_id FROM memberships WHERE prospect_id = ? ORDER BY place",
            (prospect["id"],),
        )
        return {**prospect, "listIds": [row["list_id"] for row in memberships]}

    @staticmethod
    def _row_number(db: sqlite3.Connection, table: str, cursor: str | None) -> int:
        if cursor is None:
            return 0
        row = db.execute(
            f"SELECT place FROM {table} WHERE id = ?",  # noqa: S608  a constant of this file
            (cursor,),
        ).fetchone()
        if row is None:
            raise RefusalError(HTTPStatus.BAD_REQUEST, "Unknown cursor")
        return int(row["place"])


def _list(row: sqlite3.Row) -> Json:
    values = {
        "id": row["id"],
        "name": row["name"],
        "role": "owner",
        "description": row["description"],
        "status": "active",
        "visibility": "private",
        "createdAt": row["created_at"],
        "updatedAt": row["updated_at"],
    }
    # REST leaves out what is missing: its fields are not nullable.
    return {name: value for name, value in values.items() if value is not None}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
