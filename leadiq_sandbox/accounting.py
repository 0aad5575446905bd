"""How credits are charged and reported, where LeadIQ's sources disagree or say nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal

# How the exact UC become the whole numbers that ``account`` has: (used, available).
ROUNDINGS: Mapping[str, tuple[str, str]] = {
    "up": (ROUND_CEILING, ROUND_FLOOR),
    "down": (ROUND_FLOOR, ROUND_CEILING),
    "nearest": (ROUND_HALF_UP, ROUND_HALF_DOWN),
    "truncated": (ROUND_FLOOR, ROUND_FLOOR),
}
SECONDS_PER_MINUTE = 60


@dataclass(frozen=True)
class Accounting:
    """The habits of one account; by default those that LeadIQ publishes.

    ``always_deduct`` charges company information at every lookup, ``charge_repeats`` everything.
    ``profile_beside_company`` charges company information on top of the profile's fee instead of
    replacing it. ``balance_delay`` reports the balance as it was so many seconds ago, ``rounding``
    (one of ``ROUNDINGS``) how its exact value is rounded; ``used`` and ``available`` add up to the
    credits except if "truncated". ``colleague`` is what somebody else spends in a minute, 1 UC at a
    time.
    """

    always_deduct: bool = False
    charge_repeats: bool = False
    profile_beside_company: bool = False
    balance_delay: float = 0
    rounding: str = "up"
    colleague: int = 0

    def charges_again(self, kind: str) -> bool:
        """Whether a data point that is unlocked is charged at the next lookup, too."""
        return self.charge_repeats or (self.always_deduct and kind == "Company")

    def balance(self, used: Decimal, credits: Decimal) -> tuple[int, int]:
        """Returns what ``account`` reports as used and as available, in whole UC."""
        roundings = ROUNDINGS[self.rounding]
        whole = Decimal(1)
        exact = zip((used, credits - used), roundings, strict=True)
        reported_used, available = (
            int(value.quantize(whole, rounding=rounding)) for value, rounding in exact
        )
        return reported_used, available


PUBLISHED = Accounting()


class Delay:
    """A value as it was ``seconds`` ago; ``now`` of its methods is on any clock of seconds."""

    def __init__(self, seconds: float, value: Decimal) -> None:
        self._seconds = seconds
        self._values = deque([(float("-inf"), value)])

    def record(self, value: Decimal, now: float) -> None:
        """Makes ``value`` the one from now on."""
        self._values.append((now, value))

    def read(self, now: float) -> Decimal:
        """Returns the value of ``seconds`` ago."""
        past = now - self._seconds
        while len(self._values) > 1 and self._values[1][0] <= past:
            self._values.popleft()
        return self._values[0][1]
