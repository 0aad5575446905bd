"""Which names the server answers to, whose pages may call it, and what browsers may do with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.status import (
    HTTP_403_FORBIDDEN,
    HTTP_421_MISDIRECTED_REQUEST,
    HTTP_500_INTERNAL_SERVER_ERROR,
)
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.access import ALLOWED_HOSTS, allowed_hosts, lends_its_key
from dashboard.configuration import read_configuration
from dashboard.server.messages import media_file
from leadiq_api import InvalidRequestError

HEADERS = {
    # No page of another site shows one of ours, where a click could be stolen. Streamlit Community
    # Cloud shows an app in a frame of the app's own origin.
    "Content-Security-Policy": "frame-ancestors 'self'",
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    # The server's name is nobody else's business, and a page's address holds what was searched for.
    "Referrer-Policy": "same-origin",
}

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?", re.ASCII | re.IGNORECASE)
# What a tab without a connection asks for each second. Over a connection that is kept alive, that
# would never end while the server stops, and the server waits for all connections to end.
_ASKED_BY_LOST_TABS = ("/_stcore/health", "/_stcore/host-config")
_RESPONSE_STARTS = ("http.response.start", "websocket.http.response.start", "websocket.accept")


class HostGuard:
    """Refuses requests under a foreign name or from a foreign page, and says what browsers may do.

    A page of another site can give its own name the address of this machine (DNS rebinding): the
    browser then takes the console for a part of that site, and only the Host header tells. Refused
    before Streamlit, a foreign Origin does not make it look up its public address either.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request, or refuses it with 421 (Host) or 403 (Origin)."""

        async def send_guarded(message: Message) -> None:
            if message["type"] in _RESPONSE_STARTS:
                message.setdefault("headers", [])
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                if media_file(scope["path"]) is not None:
                    headers["Cache-Control"] = "no-store"  # who may have it can change
                if scope["path"].endswith(_ASKED_BY_LOST_TABS):
                    headers["Connection"] = "close"
            await send(message)

        refusal = None if scope["type"] == "lifespan" else _refusal(scope)
        await (refusal or self._app)(scope, receive, send_guarded)


async def internal_error(_request: Request, _error: Exception) -> Response:
    """Returns the answer to a request that failed in the server; it says nothing of why."""
    return PlainTextResponse(
        "Internal server error", HTTP_500_INTERNAL_SERVER_ERROR, headers=HEADERS
    )


def _refusal(scope: Scope) -> Response | None:
    headers, configured = Headers(scope=scope), _configuration()
    hosts, origins = headers.getlist("host"), headers.getlist("origin")
    name = _HOST.fullmatch(hosts[0]) if len(hosts) == 1 else None
    if name is None or name[1].lower() not in allowed_hosts(configured):
        return PlainTextResponse(
            f"This server does not serve this host name. {ALLOWED_HOSTS} lists those it serves.",
            HTTP_421_MISDIRECTED_REQUEST,
        )
    # The server may stand behind one that speaks TLS, so the scheme is not compared.
    own_origins = [f"{scheme}://{hosts[0].lower()}" for scheme in ("http", "https")]
    if any(origin.lower() not in own_origins for origin in origins):
        return PlainTextResponse("This server answers to its own pages only.", HTTP_403_FORBIDDEN)
    # A server that says of itself that it listens elsewhere has a page that explains this.
    is_known = lends_its_key(configured)
    if not is_known and _came_by_open_address(scope) and lends_its_key(configured, is_reached=True):
        return PlainTextResponse(
            "This server has a LeadIQ key of its own and no sign-in, and it listens on another "
            "address than server.address says. Start it on 127.0.0.1, or set up sign-in.",
            HTTP_403_FORBIDDEN,
        )
    return None


def _configuration() -> Mapping[str, str]:
    try:
        return read_configuration()
    except InvalidRequestError:  # a page on this machine says what is wrong
        return {}


def _came_by_open_address(scope: Scope) -> bool:
    """Whether a request came by an address of this machine that others can reach.

    uvicorn, started by itself, has an address of its own, and any program can say ``Host:
    127.0.0.1``.
    """
    try:
        address = ip_address((scope.get("server") or ("",))[0])
    except ValueError:  # a socket of this machine's file system
        return False
    return not (getattr(address, "ipv4_mapped", None) or address).is_loopback
