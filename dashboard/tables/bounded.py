"""Runs a function of a foreign file in a process of its own, with limits of memory and time.

A file can be made so that reading it takes gigabytes or minutes, and no reader can be trusted to
notice. In a thread it would hold up all users of the server; a process can be limited, and ended.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TypeVar, cast

T = TypeVar("T")

MAX_MEMORY_BYTES = 1_000_000_000
MAX_CPU_SECONDS = 60
MAX_SECONDS = 120  # by the clock: the machine may be busy
MAX_PROCESSES = 4  # at once; further files wait

ROOT = Path(__file__).parents[2]  # where the package is imported from
# What Python needs of the environment. A process that reads files has no business with a key.
KEPT_VARIABLES = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR", "TEMP")
# A thread of OpenBLAS, which NumPy starts for each core, reserves memory.
VARIABLES = {"OPENBLAS_NUM_THREADS": "1"}

_free_processes = threading.BoundedSemaphore(MAX_PROCESSES)


class TooDemandingError(Exception):
    """A function needed more memory or time than it may have, or its process crashed."""


def run_bounded(function: Callable[..., T], content: bytes, **options: int | str | None) -> T:
    """Returns ``function(content, **options)``, or raises its exception.

    The function is one of a module's own, without side effects. Raises ``TooDemandingError``.
    """
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    command = [sys.executable, "-m", __name__, function.__module__, function.__name__]
    try:
        with _free_processes:
            child = subprocess.run(  # noqa: S603  this Python, with names of our own
                [*command, json.dumps(options)],
                input=content,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # a traceback would quote the file
                timeout=MAX_SECONDS,
                cwd=ROOT,
                env=kept | VARIABLES,
                check=True,
            )
    except subprocess.SubprocessError:
        raise TooDemandingError from None
    result = pickle.loads(child.stdout)  # noqa: S301  written by ``main``, not by the file
    if isinstance(result, Exception):
        raise result
    return cast(T, result)


def main(module: str, name: str, options: str) -> None:
    """Runs a function in this process, which exists for nothing else."""
    _limit_this_process()
    function = getattr(import_module(module), name)
    try:
        result = function(sys.stdin.buffer.read(), **json.loads(options))
    except MemoryError:
        sys.exit(1)
    except Exception as error:
        result = error
    pickle.dump(result, sys.stdout.buffer)


def _limit_this_process() -> None:
    """Sets the limits that the operating system has; Windows has none, and macOS not each."""
    if sys.platform == "win32":
        return
    import resource

    for kind, limit in (
        (resource.RLIMIT_AS, MAX_MEMORY_BYTES),
        (resource.RLIMIT_CPU, MAX_CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (limit, limit))


if __name__ == "__main__":
    main(*sys.argv[1:])
