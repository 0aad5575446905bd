"""``/health``: whether the database answers, for a proxy or whatever else watches the server."""

from __future__ import annotations

from functools import cache
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.status import HTTP_200_OK, HTTP_503_SERVICE_UNAVAILABLE
from streamlit.config import get_option
from streamlit.url_util import make_url_path

from dashboard.ledger.files import LedgerError

if TYPE_CHECKING:
    from dashboard.ledger.database import Database

ANSWER_SECONDS = 5.0  # a database that is frozen, not stopped, keeps its connections and is silent


async def _health(_request: Request) -> Response:
    """Returns 200 if the database answers, else 503; the app's pages say why."""
    if await run_in_threadpool(_database_answers):
        return PlainTextResponse("ok", HTTP_200_OK)
    return PlainTextResponse("The database does not answer.", HTTP_503_SERVICE_UNAVAILABLE)


def _database_answers() -> bool:
    """Whether the database answers soon. A ping without an answer holds up nothing else."""
    answers: SimpleQueue[bool] = SimpleQueue()
    Thread(target=_ping, args=(answers,), daemon=True).start()
    try:
        return answers.get(timeout=ANSWER_SECONDS)
    except Empty:
        return False


def _ping(answers: SimpleQueue[bool]) -> None:
    try:
        _database().ping()
    except LedgerError:
        answers.put(False)
    else:
        answers.put(True)


@cache
def _database() -> Database:
    """The database, opened when health is first requested."""
    from dashboard.ledger.database import Database, default_url  # the server's start is not slowed

    return Database(default_url())


HEALTH = Route(make_url_path(get_option("server.baseUrlPath"), "health"), _health)
