"""How many inputs are divided into requests, and what refusals teach about their size. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass
class AliasLimit:
    """How many aliases a server takes in one request.

    ``learned`` is the largest number that passed after a larger one was refused, or None.
    """

    learned: int | None = None

    def size(self, wanted: int) -> int:
        """Returns ``wanted``, or less if the server takes less."""
        return min(wanted, self.learned or wanted)


class Batches:
    """The batches of ``number`` inputs, as ranges of their indexes, in order.

    A batch has at most ``batch_size`` inputs, and no more than ``limit`` allows. Report how each
    went before taking the next: ``passed`` or ``refused``.
    """

    def __init__(self, number: int, batch_size: int, limit: AliasLimit) -> None:
        self._waiting = [range(number)]  # the next one last
        self._batch_size = batch_size
        self._limit = limit
        self._learned_before = limit.learned
        self._smallest_refused: int | None = None

    def __iter__(self) -> Iterator[range]:
        while self._waiting:
            batch = self._waiting.pop()
            size = self._limit.size(self._batch_size)
            if len(batch) > size:
                self._waiting.append(batch[size:])
                batch = batch[:size]
            if batch:
                yield batch

    def passed(self, batch: range) -> None:
        """The server took this batch, so it takes as many again."""
        if self._smallest_refused is not None and len(batch) < self._smallest_refused:
            self._limit.learned = max(self._limit.learned or 1, len(batch))

    def refused(self, batch: range) -> bool:
        """The server refused this batch as such. Returns whether its halves are to be sent.

        A single input has none: then the input was refused, not the size, and what was learned
        from the refusals that included it is forgotten.
        """
        if len(batch) == 1:
            self._smallest_refused, self._limit.learned = None, self._learned_before
            return False
        self._smallest_refused = min(self._smallest_refused or len(batch), len(batch))
        middle = (len(batch) + 1) // 2
        self._waiting += [batch[middle:], batch[:middle]]
        return True
