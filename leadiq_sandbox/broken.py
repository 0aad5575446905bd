"""Answers that go wrong on purpose on their way: cut, or slow."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.responses import Response
from uvicorn.protocols.http.h11_impl import H11Protocol

DRIP_SECONDS = 0.2  # between two bytes


class ConnectionProtocol(H11Protocol):
    """Lets a handler reach its connection as ``request.scope["state"]["transport"]``.

    ``uvicorn.protocols.http.h11_impl`` is a private module of uvicorn. ASGI has no way to cut a
    connection, which is what a fault has to do. Verified with uvicorn 0.54.0.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Adds the transport to the state that uvicorn copies into each request's scope."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


class BrokenResponse(Response):
    """An answer that does not arrive as it should.

    Without a ``whole`` nothing is sent; ``slowly`` sends it a byte at a time, else half of it.
    """

    def __init__(
        self, whole: Response | None, transport: asyncio.Transport, *, slowly: bool
    ) -> None:
        super().__init__()
        self._whole, self._transport, self._slowly = whole, transport, slowly

    async def __call__(self, _scope: Any, receive: Any, send: Any) -> None:
        """Sends what there is to send, as ASGI calls it."""
        if self._whole is None:
            while not self._transport.is_closing():
                await asyncio.sleep(0.01)
            await receive()  # the disconnection; otherwise uvicorn logs that nothing was sent
            return
        content = bytes(self._whole.body)
        start = {
            "type": "http.response.start",
            "status": self._whole.status_code,
            "headers": self._whole.raw_headers,
        }
        await send(start)
        if self._slowly:
            await self._drip(content, receive, send)
            return
        half = content[: len(content) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        self._transport.close()

    async def _drip(self, content: bytes, receive: Any, send: Any) -> None:
        for index in range(len(content)):
            byte = content[index : index + 1]
            await send({"type": "http.response.body", "body": byte, "more_body": True})
            await asyncio.sleep(DRIP_SECONDS)
            if self._transport.is_closing():  # the client no longer waits
                await receive()
                return
        await send({"type": "http.response.body", "body": b""})
