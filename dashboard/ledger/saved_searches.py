"""Saved searches, what each of their runs found first, and values that filters suggest."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from dashboard.ledger import schema
from dashboard.ledger.budgets import lock_account
from dashboard.ledger.database import Database
from dashboard.ledger.schema import (
    MAX_SUGGESTION_CHARACTERS,
    now_ms,
    search_results,
    search_runs,
    to_datetime,
)

MAX_SUGGESTIONS = 200  # values per filter, the most frequent ones


@dataclass(frozen=True)
class SavedSearch:
    """A search under a name. It holds no key and no results.

    ``operation`` is the advanced search that it is for, ``input`` its filters without a page, and
    ``address`` the query string of the page's URL that fills in the same filters.
    """

    name: str
    operation: str
    input: dict[str, Any]
    data_points: tuple[str, ...]
    address: str
    saved_at: datetime


@dataclass(frozen=True)
class Run:
    """One run of a saved search: when, the total that the API reported, how many were loaded."""

    at: datetime
    total: int | None
    loaded: int


class NewResults(NamedTuple):
    """The ids of people whom no earlier run had found, and the run they are compared with."""

    previous_run: Run | None
    ids: frozenset[str]


class SavedSearches:
    """Reads and writes the saved searches of all accounts, and their suggestions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # Searches --------------------------------------------------------------------------------

    def save(self, account: str, search: SavedSearch) -> None:
        """Saves a search under its name, replacing one of that name together with its runs."""
        values = {
            "operation": search.operation,
            "input": json.dumps(search.input),
            "data_points": ",".join(search.data_points),
            "address": search.address,
            "saved_at": int(search.saved_at.timestamp() * 1000),
        }
        with self._database.writing() as db:
            _delete(db, account, search.name)
            row = {"account": account, "name": search.name, **values}
            db.execute(schema.saved_searches.insert().values(row))

    def all(self, account: str) -> list[SavedSearch]:
        """Returns the account's saved searches, the newest first."""
        table = schema.saved_searches
        query = sa.select(table).where(table.c.account == account)
        with self._database.reading() as db:
            rows = db.execute(query.order_by(table.c.saved_at.desc(), table.c.name)).all()
        return [
            SavedSearch(
                name=row.name,
                operation=row.operation,
                input=json.loads(row.input),
                data_points=tuple(filter(None, row.data_points.split(","))),
                address=row.address,
                saved_at=to_datetime(row.saved_at),
            )
            for row in rows
        ]

    def find(self, account: str, name: str) -> SavedSearch | None:
        """Returns the search of this name, or None."""
        return next((search for search in self.all(account) if search.name == name), None)

    def delete(self, account: str, name: str) -> None:
        """Deletes a saved search together with its runs."""
        with self._database.writing() as db:
            _delete(db, account, name)

    # Runs ------------------------------------------------------------------------------------

    def start_run(self, account: str, name: str) -> int:
        """Records that a saved search is run now. Returns the run's id, its time in Unix ms."""
        last = self.last_run(account, name)
        with self._database.writing() as db:
            run = max(now_ms(), (last or 0) + 1)
            db.execute(search_runs.insert().values(account=account, search=name, at=run, loaded=0))
        return run

    def last_run(self, account: str, name: str) -> int | None:
        """Returns the id of a saved search's last run, or None if it was never run."""
        query = sa.select(sa.func.max(search_runs.c.at)).where(
            *_of_search(search_runs, account, name)
        )
        with self._database.reading() as db:
            run: int | None = db.execute(query).scalar()
        return run

    def record_results(
        self, account: str, name: str, run: int, ids: Iterable[str], total: int | None
    ) -> None:
        """Records the ids that a run has loaded so far; the same ids again change nothing.

        Nothing is kept of a search that was deleted meanwhile.
        """
        loaded = {*ids}
        with self._database.writing() as db:
            lock_account(db, account)
            this_run = (*_of_search(search_runs, account, name), search_runs.c.at == run)
            values = {"loaded": len(loaded), "total": total}
            if not db.execute(search_runs.update().where(*this_run).values(values)).rowcount:
                return
            of_search = _of_search(search_results, account, name)
            recorded = {*db.execute(sa.select(search_results.c.id).where(*of_search)).scalars()}
            rows = [
                {"account": account, "search": name, "id": id, "run": run}
                for id in sorted(loaded - recorded)
            ]
            if rows:
                db.execute(search_results.insert(), rows)

    def new_results(self, account: str, name: str, run: int) -> NewResults:
        """Returns whom ``run`` found first, beside the last earlier run that loaded anything.

        Without such a run there is nothing to compare with, and nobody is new.
        """
        earlier = (
            *_of_search(search_runs, account, name),
            search_runs.c.at < run,
            search_runs.c.loaded > 0,
        )
        first = (*_of_search(search_results, account, name), search_results.c.run == run)
        with self._database.reading() as db:
            previous = db.execute(
                sa.select(search_runs).where(*earlier).order_by(search_runs.c.at.desc())
            ).first()
            if previous is None:
                return NewResults(None, frozenset())
            ids = frozenset(db.execute(sa.select(search_results.c.id).where(*first)).scalars())
        return NewResults(Run(to_datetime(previous.at), previous.total, previous.loaded), ids)

    # Suggestions -----------------------------------------------------------------------------

    def add_suggestions(self, account: str, values: Mapping[str, Counter[str]]) -> None:
        """Adds values seen in answers, by filter, with how often; long values are skipped."""
        table = schema.suggestions
        with self._database.writing() as db:
            lock_account(db, account)
            for kind, counts in values.items():
                of_kind = (table.c.account == account, table.c.kind == kind)
                stored = {*db.execute(sa.select(table.c.value).where(*of_kind)).scalars()}
                times = {
                    value: number
                    for value, number in counts.items()
                    if len(value) <= MAX_SUGGESTION_CHARACTERS
                }
                rows = [
                    {"account": account, "kind": kind, "value": value, "times": times[value]}
                    for value in times
                    if value not in stored
                ]
                if rows:
                    db.execute(table.insert(), rows)
                for value in times.keys() & stored:
                    row = (*of_kind, table.c.value == value)
                    more = {"times": table.c.times + times[value]}
                    db.execute(table.update().where(*row).values(more))

    def suggestions(self, account: str) -> dict[str, list[str]]:
        """Returns the most frequent values seen so far, by filter, in alphabetical order."""
        table = schema.suggestions
        query = sa.select(table).where(table.c.account == account)
        by_kind: dict[str, list[str]] = {}
        with self._database.reading() as db:
            for row in db.execute(query.order_by(table.c.times.desc(), table.c.value)):
                by_kind.setdefault(row.kind, []).append(row.value)
        return {kind: sorted(values[:MAX_SUGGESTIONS]) for kind, values in by_kind.items()}


def _of_search(table: sa.Table, account: str, name: str) -> tuple[sa.ColumnElement[bool], ...]:
    """The rows of one saved search in the table of runs or of results."""
    return table.c.account == account, table.c.search == name


def _delete(db: sa.Connection, account: str, name: str) -> None:
    searches = schema.saved_searches
    db.execute(searches.delete().where(searches.c.account == account, searches.c.name == name))
    for table in (search_runs, search_results):
        db.execute(table.delete().where(*_of_search(table, account, name)))
