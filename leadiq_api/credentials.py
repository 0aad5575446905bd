"""One key, two encodings: GraphQL takes the Base64 form verbatim, Prospector the decoded form."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from typing import Any, NoReturn

from requests import PreparedRequest
from requests.auth import AuthBase

from leadiq_api.errors import AuthenticationError
from leadiq_api.redaction import Redaction


class ApiKey:
    """A LeadIQ key, recognised in either form and never printed.

    ``text`` is the "Secret Base64" key of LeadIQ's settings page, or that key decoded. It is read
    as Base64 if it decodes to printable ASCII; a decoded key, being random, does not. Raises
    ``AuthenticationError`` for an empty key or one that cannot be sent in a header.
    ``fingerprint`` (16 hex digits) identifies the account without revealing the key.
    """

    __slots__ = ("_decoded", "_encoded", "fingerprint")

    def __init__(self, text: str) -> None:
        text = text.strip().strip("\"'").removeprefix("Basic ").strip()
        if not text:
            raise AuthenticationError(
                "The key is empty. Copy it from LeadIQ: Settings → API.", status=401
            )
        if not _printable(text) or " " in text:
            raise AuthenticationError(
                "The key contains spaces or characters that no LeadIQ key has. Copy it again.",
                status=401,
            )
        decoded = _decode(text)
        if decoded is None:
            self._decoded, self._encoded = text, base64.b64encode(text.encode()).decode()
        else:
            self._decoded, self._encoded = decoded, text + "=" * (-len(text) % 4)
        digest = hashlib.sha256(b"leadiq-account:" + self._decoded.encode()).hexdigest()
        # Identifies the account in caches and in the ledger; the key cannot be derived from it.
        self.fingerprint: str = digest[:16]

    def __repr__(self) -> str:
        return f"ApiKey(fingerprint={self.fingerprint!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ApiKey) and self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def graphql_auth(self) -> AuthBase:
        """Returns what sends ``Authorization: Basic <Base64 key>``, as GraphQL wants it."""
        return _HeaderAuth("Authorization", lambda: f"Basic {self._encoded}")

    def prospector_auth(self) -> AuthBase:
        """Returns what sends ``X-API-Key: <decoded key>``, as Prospector wants it."""
        return _HeaderAuth("X-API-Key", lambda: self._decoded)

    def __reduce__(self) -> NoReturn:
        raise TypeError("A key is not pickled: it would be written down somewhere.")

    def redact(self, value: Any) -> Any:
        """Returns ``value`` (text, or JSON) with "[key]" for both forms of the key.

        For what a server echoes: each form, or a part of it, in any spelling.
        """
        return Redaction((self._encoded, self._encoded.rstrip("="), self._decoded))(value)


class _HeaderAuth(AuthBase):
    """Adds a header at the last moment, so that no session or request template holds it.

    An auth of its own also keeps ``requests`` from sending a ~/.netrc password instead.
    """

    def __init__(self, name: str, value: Callable[[], str]) -> None:
        self.name = name
        self._value = value

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers[self.name] = self._value()
        return request


def _decode(text: str) -> str | None:
    try:
        decoded = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    ascii_text = decoded.decode("ascii", errors="replace")
    return ascii_text if decoded and _printable(ascii_text) else None


def _printable(text: str) -> bool:
    return all(" " <= character <= "~" for character in text)
