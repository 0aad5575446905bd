"""Many sessions at once over the app's own WebSocket, and what each of them takes."""

from __future__ import annotations

import statistics
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from benchmarks.events import fill_ledger
from benchmarks.measure import Table, milliseconds, ratio
from benchmarks.servers import FLOOR, Server, client_of, console, serve
from benchmarks.sessions import Session, open_session
from leadiq_sandbox import Sandbox

CROWDS = (1, 10, 50)  # sessions
ROUNDS = 5  # in which all sessions run their page at once
EVENTS = 1_000


def tables() -> list[Table]:
    """Measures Usage and the empty Advanced search in a crowd, and the memory of a session."""
    rows = []
    with (
        Sandbox(people=5_000, rpm=0) as sandbox,
        serve(FLOOR) as floor,
        console(sandbox) as server,
    ):
        with open_session(server):
            fill_ledger(server.ledger, client_of(sandbox).fingerprint, EVENTS)
        apps = {
            "floor": (floor, "page_1"),
            "Usage": (server, "usage"),
            "Advanced search": (server, "advanced_search"),
        }
        for sessions in CROWDS:
            rows += _crowded(apps, sessions)
    headings = ("sessions at once", "median rerun, ms", "× floor", "MB each")
    return [Table(headings, rows)]


def _crowded(apps: dict[str, tuple[Server, str]], sessions: int) -> list[tuple[str, ...]]:
    taken: dict[str, list[float]] = {name: [] for name in apps}
    memory = {}
    with ExitStack() as stack, ThreadPoolExecutor(sessions) as pool:
        opened: dict[str, list[Session]] = {}
        for name, (server, page) in apps.items():
            before = server.megabytes()
            opened[name] = [
                stack.enter_context(open_session(server, page)) for _ in range(sessions)
            ]
            memory[name] = (server.megabytes() - before) / sessions
        for _ in range(ROUNDS):  # the apps take turns, so that all meet the same load
            for name, crowd in opened.items():
                taken[name] += pool.map(lambda one: milliseconds(one.rerun), crowd)
    medians = {name: statistics.median(times) for name, times in taken.items()}
    return [
        (
            f"{name}, {sessions}",
            f"{median:,.0f}",
            ratio(median, medians["floor"]),
            f"{memory[name]:,.1f}",
        )
        for name, median in medians.items()
    ]
