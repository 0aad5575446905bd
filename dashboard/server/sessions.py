"""A session's WebSocket, checked in both directions."""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.status import WS_1008_POLICY_VIOLATION
from starlette.types import Message, Receive, Scope, Send

from dashboard.server.gate import Gate
from dashboard.server.messages import STRANGER_MESSAGES, USER_MESSAGES, Request, SentFiles
from dashboard.server.visitors import Visitor, with_header


class Session:
    """An open tab: it passes messages on until it closes, or until its visitor's access ends."""

    def __init__(self, visitor: Visitor, gate: Gate, files: SentFiles) -> None:
        self._visitor = visitor
        self._gate = gate
        self._files = files
        self._is_granted = False
        self._notes_files = False  # looked up once for each message of the browser
        self._ended = asyncio.Event()

    def end(self) -> None:
        """Closes the WebSocket; nothing more is passed on."""
        self._ended.set()

    async def admit(self, scope: Scope) -> Scope:
        """Returns the request that opens the session, as Streamlit may see it.

        A visitor without access gets a new session and resumes none, in which callbacks and
        fragments would be waiting.
        """
        self._is_granted = await self._gate.grants(self._visitor)
        self._notes_files = self._gate.signs_in
        return scope if self._is_granted else _without_earlier_session(scope)

    async def receive(self, receive: Receive, send: Send) -> Message:
        """Returns the next message that the visitor's browser may send."""
        gate, visitor = self._gate, self._visitor
        while (message := await self._next(receive)) is not None:
            if message["type"] != "websocket.receive":
                return message
            had_access = self._is_granted
            self._is_granted = await gate.grants(visitor)
            if not self._is_granted and (
                had_access or await gate.has_signed_out(visitor) is not False
            ):
                break
            self._notes_files = gate.signs_in
            if self._may_send(Request(message.get("bytes") or b"")):
                return message
        self.end()
        await send({"type": "websocket.close", "code": WS_1008_POLICY_VIOLATION})
        return {"type": "websocket.disconnect", "code": WS_1008_POLICY_VIOLATION}

    async def send(self, message: Message, send: Send) -> None:
        """Sends a message to the browser, and notes which files it may fetch."""
        if self._ended.is_set():
            return
        if self._notes_files and message.get("bytes"):
            sign_in = self._visitor.sign_in if self._is_granted else None
            self._files.add(sign_in, message["bytes"])
        await send(message)

    def _may_send(self, request: Request) -> bool:
        if request.kind not in (USER_MESSAGES if self._is_granted else STRANGER_MESSAGES):
            return False
        file = request.deferred_file
        return (
            file is None
            or not self._gate.signs_in
            or self._files.includes(self._visitor.sign_in, file)
        )

    async def _next(self, receive: Receive) -> Message | None:
        """Returns the next message, or None if the session is ended before there is one."""
        message = asyncio.ensure_future(receive())
        end = asyncio.ensure_future(self._ended.wait())
        try:
            await asyncio.wait({message, end}, return_when=asyncio.FIRST_COMPLETED)
            return None if end.done() else message.result()
        finally:
            message.cancel()
            end.cancel()


def _without_earlier_session(scope: Scope) -> Scope:
    """The request without the id of the session that it wants to resume.

    Streamlit's browser side puts it third into the list of subprotocols.
    """
    name = "sec-websocket-protocol"
    offered = ",".join(Headers(scope=scope).getlist(name))
    kept = with_header(scope, name, ",".join(offered.split(",")[:2]))
    return {**kept, "subprotocols": scope["subprotocols"][:2]}
