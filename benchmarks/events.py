"""Fills a ledger and lists with as much as a busy team has after a month."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from leadiq_sandbox import Sandbox

# Settled events, 2,592 ms apart: a million of them span thirty days.
INSERT_EVENTS = (
    "INSERT INTO events (at, account, user, page, operation, data_points, asked, returned,"
    " least, most, charge, state, settlement) WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL"
    " SELECT i + 1 FROM n WHERE i + 1 < ?) SELECT ? - i * 2592, ?, 'local',"
    " CASE i % 3 WHEN 0 THEN 'People search' WHEN 1 THEN 'Company search' ELSE 'Jobs' END,"
    " 'searchPeople', CASE i % 2 WHEN 0 THEN 'email' ELSE 'email,phone' END,"
    " 1, 1, 0, 1000, 1000, 'settled', i + 1 FROM n"
)
SUM_EVENTS_BY_DAY = (
    "INSERT INTO days SELECT account, at / 86400000, page, operation, data_points,"
    " count(*), sum(returned), count(*), sum(charge) FROM events GROUP BY 1, 2, 3, 4, 5"
)


def fill_ledger(file: Path, account: str, events: int) -> None:
    """Gives an account so many settled events in place of its own, the newest now."""
    now = int(time.time() * 1000)
    with sqlite3.connect(file) as db:
        db.execute("DELETE FROM events")
        db.execute("DELETE FROM days")
        db.execute(INSERT_EVENTS, (events, now, account))
        db.execute(SUM_EVENTS_BY_DAY)
    db.close()


def fill_list(sandbox: Sandbox, name: str, prospects: int) -> None:
    """Creates a list with so many prospects, two of three with an email."""
    made = sandbox.store.create_list(name, None)
    for number in range(prospects):
        company = f"company{number % 300}"
        body = {
            "firstName": f"First {number}",
            "lastName": f"Last {number % 977}",
            "companyName": company,
            "title": "VP Sales",
            "workEmail": f"p{number}@{company}.example" if number % 3 else None,
        }
        sandbox.store.create_prospect(body, made["id"])
