"""Access at every action: no click, upload or download of somebody who may not use the app."""

from __future__ import annotations

from collections import defaultdict

from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.status import HTTP_403_FORBIDDEN, HTTP_503_SERVICE_UNAVAILABLE
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.config import get_option
from streamlit.url_util import make_url_path

from dashboard.server.gate import Gate
from dashboard.server.messages import SentFiles, media_file
from dashboard.server.sessions import Session
from dashboard.server.visitors import (
    STRANGER,
    Visitor,
    ends_sign_in,
    visitor_of,
    without_sign_in,
)

LOST_SIGN_IN = (
    "Sign-in was on when this server started, and now secrets.toml cannot be read or has no [auth] "
    "section. Restore it; or, to run without sign-in, restart the server."
)
UNKNOWN_SIGN_IN = (
    "You are signed in, but the console's database does not answer, so we can't check your "
    "sign-in. Reload the page in a minute. If this keeps happening, tell your admin."
)
# Uploads; how many sessions there are and what the caches hold, which takes time to count; and
# Streamlit's interface for programs, should it be switched on.
PRIVATE_PLACES = ("/_stcore/upload_file/", "/_stcore/metrics", "/_stcore/agent/")


class SignInGuard:
    """Checks each request, and each message of an open session, before Streamlit sees it.

    Pages check access as well, to say how to get in. But a page is only checked when it is drawn as
    a whole, and callbacks, fragments and downloads run without that.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._gate = Gate()
        self._files = SentFiles()
        self._sessions: defaultdict[str | None, set[Session]] = defaultdict(set)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request, or refuses it: with 403; with 503 if no sign-in can be checked."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if self._gate.lost_sign_in:
            await _unavailable(LOST_SIGN_IN)(scope, receive, send)
            return
        visitor = visitor_of(scope) if self._gate.signs_in else STRANGER
        has_signed_out = await self._gate.has_signed_out(visitor)
        if has_signed_out is None:
            await _unavailable(UNKNOWN_SIGN_IN)(scope, receive, send)
            return
        if has_signed_out:
            visitor, scope = STRANGER, without_sign_in(scope)
        serve = self._serve_session if scope["type"] == "websocket" else self._answer
        await serve(visitor, scope, receive, send)

    async def _answer(self, visitor: Visitor, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_noted(message: Message) -> None:
            # Signed out, or signed in once more in another tab: no tab continues with the old one.
            if visitor.sign_in is not None and ends_sign_in(message):
                await self._sign_out(visitor.sign_in)
            await send(message)

        path, app = scope["path"], self._app
        if self._gate.signs_in and not await self._may_request(visitor, path):
            app = PlainTextResponse("You may not use this app.", HTTP_403_FORBIDDEN)
        elif path.endswith("/auth/login") and visitor.sign_in and await self._gate.grants(visitor):
            # Another tab has signed in meanwhile; a second sign-in would end what it does.
            app = RedirectResponse(make_url_path(get_option("server.baseUrlPath"), "/"))
        await app(scope, receive, send_noted)

    async def _may_request(self, visitor: Visitor, path: str) -> bool:
        """Whether a visitor may fetch what is at a path, or upload it."""
        file = media_file(path)
        if file is None:
            is_public = not any(place in path for place in PRIVATE_PLACES)
            return is_public or await self._gate.grants(visitor)
        if self._files.includes(None, file):
            return True
        return self._files.includes(visitor.sign_in, file) and await self._gate.grants(visitor)

    async def _sign_out(self, sign_in: str) -> None:
        """Ends a sign-in, and all its open tabs."""
        await self._gate.end(sign_in)
        for session in self._sessions.pop(sign_in, set()):
            session.end()

    async def _serve_session(
        self, visitor: Visitor, scope: Scope, receive: Receive, send: Send
    ) -> None:
        session = Session(visitor, self._gate, self._files)

        async def receive_checked() -> Message:
            return await session.receive(receive, send)

        async def send_noted(message: Message) -> None:
            await session.send(message, send)

        self._sessions[visitor.sign_in].add(session)
        try:
            await self._app(await session.admit(scope), receive_checked, send_noted)
        finally:
            self._sessions[visitor.sign_in].discard(session)
            if not self._sessions[visitor.sign_in]:
                del self._sessions[visitor.sign_in]


def _unavailable(reason: str) -> PlainTextResponse:
    return PlainTextResponse(reason, HTTP_503_SERVICE_UNAVAILABLE)
