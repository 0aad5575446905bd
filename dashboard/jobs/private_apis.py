"""What is private of DBOS and of Python and cannot be done without; each in one function.

Verified with DBOS 3.4.0 and CPython 3.11.7. ``tests/dashboard/jobs/test_private_apis.py`` fails if
one of them disappears or works differently.
"""

from __future__ import annotations

import base64
import io
import pickle
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

from dbos import DBOS
from dbos._serialization import DefaultSerializer


def recover_workflows_of(executors: Sequence[str]) -> None:
    """Runs pending workflows of dead executors in this process (``_recover_pending_workflows``).

    DBOS recovers the work of another executor by its own paid service only; at launch, it recovers
    that of its own executor id, which differs for each process here. Workflows of another
    application version are left alone.
    """
    DBOS._recover_pending_workflows([*executors])  # noqa: SLF001  see above


def listen_to_more_queues(dbos: DBOS, names: Iterable[str]) -> None:
    """Adds queues to those that a launched DBOS takes work from (``_listening_queues``).

    ``DBOS.listen_queues`` refuses to be called after the launch, and a key, so an account with its
    queues, can be entered in the sidebar at any time. DBOS reads the list again each second.
    """
    queues = dbos._listening_queues  # noqa: SLF001  see above
    if queues is None:
        raise RuntimeError("DBOS.listen_queues() was not called before the launch")
    queues.extend({*names} - {*queues})


def call_before_threads_are_joined(function: Callable[[], None]) -> None:
    """Calls a function when Python exits, before it waits for threads (``_register_atexit``).

    ``atexit`` would be too late: DBOS's threads wait for requests, and Python waits for them first.
    ``concurrent.futures`` uses the same hook for the same reason.
    """
    threading._register_atexit(function)  # type: ignore[attr-defined]  # noqa: SLF001  private


class _DataUnpickler(pickle.Unpickler):
    """Reads a pickle of plain values: text, numbers, lists, tuples, dicts. It finds no code."""

    def find_class(self, _module: str, _name: str) -> NoReturn:
        raise pickle.UnpicklingError("A stored value is more than data, and was not read.")


def read_pickled_rows_as_data() -> None:
    """Makes DBOS read rows that are pickled as plain data (``DefaultSerializer.deserialize``).

    DBOS unpickles every row that says that it is pickled, whatever serializer it is configured
    with, so that write access to its tables was code execution in every worker. Rows of ours are
    JSON; those of earlier consoles are pickles of plain values, with which their jobs continue.
    """

    def deserialize(_: DefaultSerializer, text: str) -> Any:
        return _DataUnpickler(io.BytesIO(base64.b64decode(text))).load()

    DefaultSerializer.deserialize = deserialize  # type: ignore[method-assign,assignment]
