"""What runs bounded has its own process, with limits of memory and time and without secrets."""

import os
import resource
import time
from threading import Thread

import pytest

from dashboard.tables import bounded
from dashboard.tables.bounded import TooDemandingError, run_bounded

# What the tests run bounded -----------------------------------------------------------------------


def process_of(content: bytes, plus: int = 0) -> tuple[bytes, int, int]:
    return content, plus, os.getpid()


def limits(content: bytes) -> list[int]:
    kinds = (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_CORE)
    return [resource.getrlimit(kind)[1] for kind in kinds]


def environment(content: bytes) -> dict[str, str]:
    return dict(os.environ)


def refuse(content: bytes) -> None:
    raise ValueError(content.decode())


def take_memory(content: bytes) -> int:
    return len([bytes(100_000_000) for _ in range(20)])


def take_time(content: bytes) -> None:
    time.sleep(600)


def crash(content: bytes) -> None:
    os.abort()


# The tests ----------------------------------------------------------------------------------------


def test_a_function_runs_in_another_process() -> None:
    content, plus, process = run_bounded(process_of, b"\0\xffa\r\n", plus=2)
    assert (content, plus) == (b"\0\xffa\r\n", 2)
    assert process != os.getpid()


def test_its_exception_is_raised_here() -> None:
    with pytest.raises(ValueError, match="no table"):
        run_bounded(refuse, b"no table")


def test_its_process_has_limits() -> None:
    assert run_bounded(limits, b"") == [bounded.MAX_MEMORY_BYTES, bounded.MAX_CPU_SECONDS, 0]


def test_its_process_has_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADIQ_API_KEY", "secret")
    monkeypatch.setenv("LEADIQ_DATABASE_URL", "postgresql://user:secret@host/db")
    assert "secret" not in str(run_bounded(environment, b""))


def test_too_much_memory_or_a_crash_ends_only_its_process() -> None:
    for function in (take_memory, crash):
        with pytest.raises(TooDemandingError):
            run_bounded(function, b"")


def test_too_much_time_ends_its_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "MAX_SECONDS", 1)
    with pytest.raises(TooDemandingError):
        run_bounded(take_time, b"")


def test_threads_run_at_once_and_each_gets_its_own_result() -> None:
    results: dict[int, int] = {}

    def run(number: int) -> None:
        results[number] = run_bounded(process_of, b"", plus=number)[1]

    threads = [Thread(target=run, args=(n,)) for n in range(2 * bounded.MAX_PROCESSES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {n: n for n in range(2 * bounded.MAX_PROCESSES)}
