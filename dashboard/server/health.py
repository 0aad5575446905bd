"""``/health``: whether the database answers, for a proxy or whatever else watches the server."""

from __future__ import annotations

from functools import cache
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


async def _health(_request: Request) -> Response:
    """Returns 200 if the database answers, else 503; the app's pages say why."""
    if await run_in_threadpool(_database_answers):
        return PlainTextResponse("ok", HTTP_200_OK)
    return PlainTextResponse("The database does not answer.", HTTP_503_SERVICE_UNAVAILABLE)


def _database_answers() -> bool:
    try:
        _database().ping()
    except LedgerError:
        return False
    return True


@cache
def _database() -> Database:
    """The database, opened when health is first requested."""
    from dashboard.ledger.database import Database, default_url  # the server's start is not slowed

    return Database(default_url())


HEALTH = Route(make_url_path(get_option("server.baseUrlPath"), "health"), _health)
