"""One key, two encodings: GraphQL takes the Base64 form verbatim, Prospector the decoded form."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import unicodedata
from collections.abc import Callable
from typing import Any, NoReturn

from requests import PreparedRequest
from requests.auth import AuthBase

from leadiq_api.errors import AuthenticationError
from leadiq_api.redaction import Redaction

# What stands before a key where it is copied from: a line of an .env file, a header, its scheme.
_BEFORE_A_KEY = re.compile(
    r"""
    (?:curl\s+)?(?:(?:-H|--header)\s+)?["'`]?
    (?:
        (?:export\s+|set\s+|\$env:)?
        \w*(?:leadiq|key|secret|token)\w*["']?\s*[=:](?=\s*[^\s=])
      | (?:authorization|x-api-key)["']?\s*[:=]
      | basic\s
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)
# Characters of what a key is copied with. A longer text is none, and takes long to look through.
MAX_LENGTH = 2_000
# What ends a value in JSON or a script.
_AFTER_A_KEY = " \t\r\n\"'`,;}"
_QUOTES = "\"'\u2018\u2019\u201c\u201d"
# What is copied instead of a key.
_NO_KEY = re.compile(
    r"https?://.*|your\W.*|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|eyJ[\w-]+\.[\w-]+\.[\w-]*"
    r"|basic|(?:export\s+)?LEADIQ_API_KEY\s*[=:]?|authorization:?|x-api-key:?",
    re.IGNORECASE,
)


class ApiKey:
    """A LeadIQ key, recognised however it is written and never printed.

    ``text`` is the "Secret Base64" key of LeadIQ's settings page, that key decoded, or Base64 of
    ``key:`` (HTTP Basic with an empty password); alone, as a header, or as a line of an .env file.
    It is read as Base64 if it decodes to printable ASCII; a decoded key, being random, does not.
    Raises ``AuthenticationError`` for what is no key. ``fingerprint`` (16 hex digits) identifies
    the account without revealing the key; it is the same for all these spellings.
    """

    __slots__ = ("_decoded", "_encoded", "fingerprint")

    def __init__(self, text: str) -> None:
        is_too_long = len(text) > MAX_LENGTH
        text = _bare(text[:MAX_LENGTH])
        if not text:
            raise AuthenticationError(
                "The key is empty. Copy it from LeadIQ: Settings → API.", status=401
            )
        if is_too_long or _NO_KEY.fullmatch(text):
            raise AuthenticationError(
                "This is not a key. Copy the Secret Base64 key from LeadIQ: Settings → API.",
                status=401,
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
            self._decoded = decoded
            self._encoded = text + "=" * (-len(text) % 4)
            if base64.b64decode(self._encoded) != decoded.encode():  # encoded with a line's end
                self._encoded = base64.b64encode(decoded.encode()).decode()
        digest = hashlib.sha256(b"leadiq-account:" + self._name.encode()).hexdigest()
        # Identifies the account in caches and in the ledger; the key cannot be derived from it.
        self.fingerprint: str = digest[:16]

    def __repr__(self) -> str:
        return f"ApiKey(fingerprint={self.fingerprint!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ApiKey) and self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    @property
    def _name(self) -> str:
        """The key without the colon before an empty password."""
        return self._decoded.removesuffix(":") or self._decoded

    @property
    def has_empty_password(self) -> bool:
        """Whether the key ends like HTTP Basic's ``key:``, which Prospector may not want."""
        return self._name != self._decoded

    def graphql_auth(self) -> AuthBase:
        """Returns what sends ``Authorization: Basic <Base64 key>``, as GraphQL wants it."""
        return _HeaderAuth("Authorization", lambda: f"Basic {self._encoded}")

    def prospector_auth(self, *, password: bool = True) -> AuthBase:
        """Returns what sends ``X-API-Key: <decoded key>``, as Prospector wants it.

        Without ``password``, the colon before an empty one is left out.
        """
        return _HeaderAuth("X-API-Key", lambda: self._decoded if password else self._name)

    def __reduce__(self) -> NoReturn:
        raise TypeError("An API key cannot be pickled: it would end up on disk.")

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


def _bare(text: str) -> str:
    """The key alone, without what is copied along with it."""
    # Zero-width characters, byte order marks and the like show nowhere.
    text = "".join(sign for sign in text if unicodedata.category(sign) != "Cf").strip()
    while (found := _BEFORE_A_KEY.match(text)) is not None:
        value, _, _comment = text[found.end() :].strip().partition(" #")
        text = value.rstrip(_AFTER_A_KEY).strip().strip(_QUOTES).strip()
    return text.strip(_QUOTES).strip()


def _decode(text: str) -> str | None:
    try:
        decoded = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    ascii_text = decoded.decode("ascii", errors="replace").rstrip("\r\n")
    return ascii_text if ascii_text and _printable(ascii_text) else None


def _printable(text: str) -> bool:
    return all(" " <= character <= "~" for character in text)
