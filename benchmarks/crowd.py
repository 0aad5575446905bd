"""Many sessions at once over the app's own WebSocket, and what each of them takes."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from benchmarks.measure import Row, Table, milliseconds, ratio
from benchmarks.reruns import FLOOR_ROW, Page, Pages, empty_and_full
from benchmarks.sessions import Session
from leadiq_sandbox import Sandbox

# Sessions, and rounds in which all sessions of a page run it at once: each run counts.
ROUNDS = {1: 11, 10: 5, 50: 3}
CROWDS = tuple(ROUNDS)


def tables() -> list[Table]:
    """Measures each page in a crowd, empty and full, and the memory of a session."""
    headings = ["rerun, sessions at once"]
    for sessions in CROWDS:
        headings += [f"{sessions}: ms", "× floor"]
    headings += [f"{CROWDS[-1]} × {CROWDS[0]}", "MB a session", "requests", "UC"]
    return [Table(headings, empty_and_full(_rows))]


def _rows(sandbox: Sandbox, pages: Pages, stack: ExitStack) -> list[Row]:
    crowds, memory = {}, {}
    for name, page in pages.items():
        crowds[name], memory[name] = _crowd(page, stack)
    _medians(crowds, CROWDS[0])  # Usage reads what was used once more, as the others searched
    sent, used = len(sandbox.requests), sandbox.store.used
    medians = {name: dict[int, float]() for name in pages}
    for sessions in CROWDS:
        for name, median in _medians(crowds, sessions).items():
            medians[name][sessions] = median
    sends = (str(len(sandbox.requests) - sent), str(sandbox.store.used - used))
    rows = []
    for name, by_number in medians.items():
        row = [name]
        for sessions, median in by_number.items():
            row += [f"{median:,.0f}", ratio(median, medians[FLOOR_ROW][sessions])]
        row += [ratio(by_number[CROWDS[-1]], by_number[CROWDS[0]]), f"{memory[name]:,.1f}"]
        rows.append((*row, *(("–", "–") if name == FLOOR_ROW else sends)))
    return rows


def _crowd(page: Page, stack: ExitStack) -> tuple[Sequence[Session], float]:
    """Opens the largest crowd; returns it, and the MB that its server grew by with a session."""
    crowd = [stack.enter_context(page.open())]  # what the first one loads, all share
    before = page.server.megabytes()
    crowd += [stack.enter_context(page.open()) for _ in range(CROWDS[-1] - 1)]
    return crowd, (page.server.megabytes() - before) / (CROWDS[-1] - 1)


def _medians(crowds: dict[str, Sequence[Session]], sessions: int) -> dict[str, float]:
    taken: dict[str, list[float]] = {name: [] for name in crowds}
    with ThreadPoolExecutor(sessions) as pool:
        for _ in range(ROUNDS[sessions]):  # the pages take turns, so that all meet the same load
            for name, crowd in crowds.items():
                taken[name] += pool.map(lambda one: milliseconds(one.rerun), crowd[:sessions])
    assert not any(one.failed for crowd in crowds.values() for one in crowd)  # noqa: S101
    return {name: statistics.median(times) for name, times in taken.items()}
