"""Who sends a request, by the cookie of Streamlit's sign-in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import Message, Scope
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import (
    SESSION_COOKIE_NAME,
    USER_COOKIE_NAME,
    XSRF_COOKIE_NAME,
)

KEPT_COOKIES = (SESSION_COOKIE_NAME, XSRF_COOKIE_NAME)  # needed to sign in


@dataclass(frozen=True)
class Visitor:
    """The sender of a request: their claims, and a name of their sign-in; None without one.

    The name is a hash of what the cookie holds, which no two sign-ins have in common, and which
    all copies of a cookie do.
    """

    sign_in: str | None = None
    claims: Mapping[str, Any] = field(default_factory=dict)


STRANGER = Visitor()


def visitor_of(scope: Scope) -> Visitor:
    """Returns who sends a request, by a cookie that this server has signed."""
    cookies = HTTPConnection(scope).cookies

    def read(name: str) -> bytes | None:
        signed = cookies.get(name, "").encode("latin-1", "replace")
        return decode_signed_value(get_cookie_secret(), name, signed)

    content = get_cookie_with_chunks(read, USER_COOKIE_NAME)
    if not content:
        return STRANGER
    try:
        claims = json.loads(content)
    except ValueError:
        return STRANGER
    if not isinstance(claims, dict):
        return STRANGER
    return Visitor(hashlib.sha256(content).hexdigest(), claims)


def without_sign_in(scope: Scope) -> Scope:
    """Returns the request without its cookies, but for those that the next sign-in needs."""
    cookies = ";".join(Headers(scope=scope).getlist("cookie")).split(";")
    kept = [text for text in cookies if text.partition("=")[0].strip() in KEPT_COOKIES]
    return with_header(scope, "cookie", ";".join(kept))


def with_header(scope: Scope, name: str, value: str) -> Scope:
    """Returns the request with this as the only value of a header; empty removes the header."""
    headers = MutableHeaders(raw=[*scope["headers"]])
    headers[name] = value
    if not value:
        del headers[name]
    return {**scope, "headers": headers.raw}


def ends_sign_in(response: Message) -> bool:
    """Whether the start of a response replaces or deletes the cookie of the browser's sign-in."""
    cookies = Headers(raw=response.get("headers", [])).getlist("set-cookie")
    return any(cookie.startswith(f"{USER_COOKIE_NAME}=") for cookie in cookies)
