"""What all measurements share: medians of calls in turn, and tables in Markdown."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.servers import Server

RUNS = 11  # of each measurement; the median counts

Row = tuple[str, ...]  # of a table


@dataclass(frozen=True)
class Table:
    """A table of the documentation: a heading for each column, and rows of text."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]

    def markdown(self) -> str:
        """Returns the table in Markdown, all columns but the first to the right."""
        rule = ["---", *["---:"] * (len(self.headings) - 1)]
        return "\n".join(f"| {' | '.join(row)} |" for row in (self.headings, rule, *self.rows))


@dataclass(frozen=True)
class Cost:
    """What a call takes: the median milliseconds until its end, and those of the server's CPU."""

    milliseconds: float
    cpu: float

    def columns(self, floor: Cost) -> tuple[str, ...]:
        """Returns the columns of ``COST_HEADINGS``, with the ratio to the floor's."""
        return (
            f"{self.milliseconds:,.0f}",
            ratio(self.milliseconds, floor.milliseconds),
            f"{self.cpu:,.0f}",
            ratio(self.cpu, floor.cpu),
        )


COST_HEADINGS = ("ms", "× floor", "CPU ms", "× floor")


def ratio(value: float, floor: float) -> str:
    """Returns how often the floor is in a value: ``0.45``; a dash if that is not known."""
    return f"{value / floor:,.2f}" if floor else "–"


def milliseconds(call: Callable[[], object]) -> float:
    """Returns how long a call takes."""
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def medians(measurements: Mapping[str, Callable[[], float]], runs: int) -> dict[str, float]:
    """Returns the median of what each measures; they take turns, so that all meet the same load.

    The first run of each is not counted.
    """
    taken: dict[str, list[float]] = {name: [] for name in measurements}
    for _ in range(runs + 1):
        for name, measure in measurements.items():
            taken[name].append(measure())
    return {name: statistics.median(values[1:]) for name, values in taken.items()}


def in_turn(
    calls: Mapping[str, tuple[Server, Callable[[], object]]], runs: int = RUNS
) -> dict[str, Cost]:
    """Returns what each call costs its server; they take turns, so that all meet the same load.

    The first run of each is not counted. The CPU time is the mean: the system counts it in steps
    of 10 ms.
    """
    times: dict[str, list[float]] = {name: [] for name in calls}
    cpu = dict.fromkeys(calls, 0.0)
    for run in range(runs + 1):
        for name, (server, call) in calls.items():
            before = server.cpu_seconds()
            taken = milliseconds(call)
            if run:
                times[name].append(taken)
                cpu[name] += (server.cpu_seconds() - before) * 1000 / runs
    return {name: Cost(statistics.median(times[name]), cpu[name]) for name in calls}
