"""Chosen faults: every Nth request of a kind fails in a way that real services fail."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

# What each kind does to a request.
KINDS = {
    "401": "HTTP 401",
    "402": "HTTP 402",
    "429": "HTTP 429",
    "500": "HTTP 500",
    "502": "HTTP 502",
    "503": "HTTP 503",
    "401-in-200": "401 in the errors[] of a 200 (REST: HTTP 401)",
    "401-gateway": "401 in extensions.status alone, of a 200 (REST: HTTP 401 with a page of HTML)",
    "402-in-200": "402 in the errors[] of a 200 (REST: HTTP 402)",
    "429-in-200": "429 in the errors[] of a 200 (REST: HTTP 429)",
    "500-in-200": "500 in the errors[] of a 200 (REST: HTTP 500)",
    "502-html": "HTTP 502 with a page of HTML",
    "bad-json": "HTTP 200 with something that is not JSON",
    "wrong-types": "HTTP 200 with JSON of the wrong shape",
    "truncated": "the answer cut in the middle",
    "reset": "the connection closed before anything was done",
    "hang": "no answer until the client gives up",
    "drip": "the right answer, a byte at a time",
    "lost": "a write is done, its answer is lost",
    "lost-paid": "a GraphQL query is done and charged, its answer is lost",
    "partial": "GraphQL data beside errors[]",
    "one-of-many": "one of several GraphQL fields fails; if it must not be null, all data is null",
}


class UnknownFaultError(ValueError):
    """A chosen fault that does not exist, or that has no usable number."""


@dataclass
class Fault:
    """One kind of fault, at every ``every``-th request that it applies to; ``seen`` counts them."""

    kind: str
    every: int
    seen: int = 0

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Reads ``KIND:EVERY_NTH``. Raises ``UnknownFaultError`` that names the kinds."""
        kind, _, every = text.rpartition(":")
        if kind not in KINDS:
            raise UnknownFaultError(f"{text!r}: KIND is one of {', '.join(KINDS)}")
        if not re.fullmatch("0*[1-9][0-9]{0,5}", every):
            raise UnknownFaultError(f"{text!r}: EVERY_NTH is a whole number from 1 to 999999")
        return cls(kind, int(every))


@dataclass
class Faults:
    """The faults of a running server; ``due`` counts a request against each."""

    chosen: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def choose(self, texts: Iterable[str]) -> None:
        """Replaces the faults (``KIND:EVERY_NTH``), counting from the start.

        Raises ``UnknownFaultError``.
        """
        chosen = [Fault.parse(text) for text in texts]
        with self._lock:
            self.chosen = chosen

    def due(self, *, graphql: bool, write: bool) -> str | None:
        """Counts a request. Returns the kind of fault that it gets, or None."""
        due = None
        with self._lock:
            for fault in self.chosen:
                if not _applies(fault.kind, graphql=graphql, write=write):
                    continue
                fault.seen += 1
                if due is None and fault.seen % fault.every == 0:
                    due = fault.kind
        return due


def _applies(kind: str, *, graphql: bool, write: bool) -> bool:
    if kind == "lost":
        return write
    if kind == "lost-paid":
        return graphql and not write
    return graphql or kind not in ("partial", "one-of-many")
