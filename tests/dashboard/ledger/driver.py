"""What the tests of the ledger share: an account, requests, and sessions that run at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from dashboard.ledger.ledger import Ledger, Request
from dashboard.ledger.reconciliation import CORRECTION_PAGE
from dashboard.ledger.schema import EventState
from leadiq_api.credits import Estimate

ACCOUNT, OTHER = "a" * 16, "b" * 16
EVER = (date(2020, 1, 1), date(2100, 1, 1))


def request(page: str = "People search", job: str | None = None) -> Request:
    return Request(ACCOUNT, "local", page, "searchPeople", ("email",), 1, job)


def up_to(maximum: str, minimum: str = "0") -> Estimate:
    return Estimate(Decimal(minimum), Decimal(maximum))


def spend(ledger: Ledger, charge: str) -> int:
    """Sends a request of that price and settles it; returns its event."""
    event = ledger.reserve(request(), up_to(charge))
    ledger.settle(event, state=EventState.ESTIMATED, charge=Decimal(charge))
    return event


def set_clock(monkeypatch: pytest.MonkeyPatch, minutes: float) -> None:
    """Sets the clock so many minutes ahead of the real one."""
    monkeypatch.setattr(time, "time", lambda: time.time_ns() / 1e9 + minutes * 60)


def states(ledger: Ledger) -> list[tuple[str, float]]:
    """The state and the charge (UC) of each request, the oldest first."""
    events = ledger.history(ACCOUNT).events(*EVER, limit=None).sort_values("id")
    events = events[events["page"] != CORRECTION_PAGE]
    return list(zip(events["state"], events["charge"], strict=True))


def corrections(ledger: Ledger) -> list[tuple[str, float]]:
    """What balances have corrected, and by how much (UC), the oldest first."""
    only = {"page": CORRECTION_PAGE}
    entries = ledger.history(ACCOUNT).events(*EVER, limit=None, equal=only).sort_values("id")
    return list(zip(entries["operation"], entries["charge"], strict=True))


def charges_by_day(ledger: Ledger) -> list[float]:
    return ledger.history(ACCOUNT).by_day(*EVER)["charge"].tolist()


def run_at_once(number: int, session: Callable[[int], None]) -> None:
    """Runs ``session`` in so many threads that start together; raises the first error of any."""
    start, errors = threading.Barrier(number), list[BaseException]()

    def run(index: int) -> None:
        start.wait()
        try:
            session(index)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(index,)) for index in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


@contextmanager
def out_of_service(url: str) -> Iterator[None]:
    """Stops the database meanwhile: the file is away, or the server accepts no connection."""
    if url.startswith("sqlite"):
        file = Path(str(sa.make_url(url).database))
        away = file.rename(file.with_suffix(".away"))
        yield
        away.rename(file)
        return
    name = sa.make_url(url).database
    engine = engine_of(url.replace(f"/{name}", "/postgres"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as server:
        server.exec_driver_sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        server.exec_driver_sql(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"  # noqa: S608
        )
        yield
        server.exec_driver_sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    engine.dispose()


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Another program writes meanwhile, and does not finish."""
    engine = engine_of(url)
    with engine.connect() as db:
        if url.startswith("sqlite"):
            db.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            db.exec_driver_sql("LOCK TABLE budgets IN ACCESS EXCLUSIVE MODE")
        yield
        db.rollback()
    engine.dispose()


def engine_of(url: str) -> sa.Engine:
    """An engine of the test's own, to look at or to change a database behind the ledger's back."""
    return sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:", 1))
