"""Faults on order: every Nth request of a kind goes wrong in a way that real services do."""

from __future__ import annotations

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
    "one-of-many": "one of several aliased fields is null, with its error beside the others' data",
}


class UnknownFault(ValueError):
    """A fault that was asked for but does not exist, or without a usable number."""


@dataclass
class Fault:
    """One kind, at every ``every``-th request that it applies to."""

    kind: str
    every: int
    seen: int = 0

    @classmethod
    def parse(cls, text: str) -> Fault:
        """``KIND:EVERY_NTH``. Raises ``UnknownFault`` that names the kinds."""
        kind, _, every = text.rpartition(":")
        if kind not in KINDS:
            raise UnknownFault(f"{text!r}: KIND is one of {', '.join(KINDS)}")
        if not every.isascii() or not every.isdigit() or int(every) < 1:
            raise UnknownFault(f"{text!r}: EVERY_NTH is a whole number from 1")
        return cls(kind, int(every))


@dataclass
class Faults:
    """The faults of a running server; ``due`` counts a request against each."""

    chosen: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def choose(self, texts: Iterable[str]) -> None:
        """Puts other faults in place, counting from the start."""
        chosen = [Fault.parse(text) for text in texts]
        with self._lock:
            self.chosen = chosen

    def due(self, *, graphql: bool, write: bool) -> str | None:
        """The kind of fault that this request gets, or None."""
        hit = None
        with self._lock:
            for fault in self.chosen:
                if not _applies(fault.kind, graphql=graphql, write=write):
                    continue
                fault.seen += 1
                if hit is None and fault.seen % fault.every == 0:
                    hit = fault.kind
        return hit


def _applies(kind: str, *, graphql: bool, write: bool) -> bool:
    if kind == "lost":
        return write
    if kind == "lost-paid":
        return graphql and not write
    return graphql or kind not in ("partial", "one-of-many")
