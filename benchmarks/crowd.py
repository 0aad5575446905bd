"""Many sessions at once over the app's own WebSocket, and what each of them takes."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack

from benchmarks.measure import Table, milliseconds, ratio
from benchmarks.reruns import FLOOR_ROW, Page, Pages, empty_pages, full_pages
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
    empty, full = _measured(empty_pages), _measured(full_pages)
    return [Table(headings, [*empty, *full[1:]])]


def _measured(
    served: Callable[[Sandbox], AbstractContextManager[Pages]],
) -> list[tuple[str, ...]]:
    with ExitStack() as stack:
        sandbox = stack.enter_context(Sandbox(people=5_000, rpm=0, credits=10**6))
        pages = stack.enter_context(served(sandbox))
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
