"""Whether the balance and the budgets cover a price, and if not, what they would cover."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from decimal import ROUND_DOWN, Decimal
from itertools import accumulate
from typing import NamedTuple

from dashboard.account import Account
from dashboard.formatting import count, uc
from leadiq_api import DATA_POINTS
from leadiq_api.credits import Estimate

TENTH = Decimal("0.1")  # UC; the smallest price, and the smallest budget of a job


OF_BALANCE = "of the balance"


class Fit(NamedTuple):
    """What an amount would cover: ``8 of these 12 companies``, and what to do to stay within it.

    ``covered`` is None if it covers nothing.
    """

    covered: str | None
    advice: str | None


# What of a request would fit into an amount (UC).
Fitting = Callable[[Decimal], Fit]


class Shortfall(NamedTuple):
    """Why a price is too high, in words, and whether it is the balance that falls short."""

    message: str
    of_balance: bool


def shortfall(account: Account, price: Estimate, fitting: Fitting) -> Shortfall | None:
    """Returns why a price cannot be paid: the account's limits do not cover it. None if they do.

    A new job, whose ``fitting`` is ``job_budget``, has a limit of its own. A balance that the page
    does not show is no reason: the ledger still refuses what it must.
    """
    if not price.maximum:
        return None
    if account.ledger_problem is not None:
        return Shortfall("Nothing is sent until the ledger works again.", of_balance=False)
    allowance = account.ledger.allowance(account.fingerprint, account.payments.user)
    limits = {
        "left in today's budget": allowance.today,
        "left in your own budget today": allowance.user,
        "is the limit for one job": allowance.new_job if fitting is job_budget else None,
        OF_BALANCE: None if account.available is None else allowance.balance,
    }
    known = {name: limit for name, limit in limits.items() if limit is not None}
    name = min(known, key=known.__getitem__, default=None)
    if name is None or price.maximum <= max(Decimal(0), known[name]):
        return None
    left = max(Decimal(0), known[name])
    fit = fitting(left)
    if name == OF_BALANCE:
        return Shortfall(_over_balance(account, left, price, fit), of_balance=True)
    return Shortfall(_over_budget(name, left, price, fit), of_balance=False)


def _over_budget(name: str, left: Decimal, price: Estimate, fit: Fit) -> str:
    too_little = "" if fit.covered else f", and this costs up to {uc(price.maximum)}"
    advice = f"{fit.advice}, or " if fit.advice else ""
    return f"{uc(left)} {name}{too_little}: {advice}raise it under Budget in the sidebar."


def _over_balance(account: Account, left: Decimal, price: Estimate, fit: Fit) -> str:
    reserve = account.ledger.budgets.read(account.fingerprint).reserve
    balance = "Your balance" + (f" above the reserve of {uc(reserve)}" if reserve else "")
    # What is in flight or has no known outcome may be charged yet, so it counts as spent.
    pending = Decimal(account.available or 0) - reserve - left
    held = (
        f" ({uc(pending)} more is on hold for requests with no final charge yet)"
        if pending > 0
        else ""
    )
    advice = f": {fit.advice}" if fit.advice else ""
    if fit.covered:
        return f"{balance}{held} covers {fit.covered}{advice}."
    return f"{balance} is {uc(left)}{held}, and this costs up to {uc(price.maximum)}{advice}."


def items(
    noun: str, plural: str, maxima: Callable[[], Sequence[Decimal]], cheaper: Fitting | None = None
) -> Fitting:
    """Returns what fits of a request for several things, such as companies or people.

    Args:
        noun: What one of them is called.
        plural: What several are called.
        maxima: Returns the maximum (UC) of each, in the order in which they are requested.
        cheaper: What fits if not even one does: one with fewer data points.
    """

    def fitting(left: Decimal) -> Fit:
        prices = maxima()
        number = number_within(left, prices)
        if not number:
            return nothing(left) if cheaper is None else cheaper(left)
        first = "" if len({*prices}) == 1 else "the first "
        things = count(number, noun, plural)
        return Fit(
            f"{first}{number:,} of these {count(len(prices), noun, plural)}",
            f"choose {f'the first {things}' if first else f'at most {things}'}",
        )

    return fitting


def number_within(left: Decimal, maxima: Sequence[Decimal]) -> int:
    """Returns how many of these, from the first on, an amount (UC) covers."""
    return bisect_right([*accumulate(maxima)], left)


def job_budget(left: Decimal) -> Fit:
    """What fits of a job: as much as its own budget allows."""
    budget = left.quantize(TENTH, ROUND_DOWN)
    if not budget:
        return nothing(left)
    return Fit(f"{uc(budget)} of it", f"set a budget for this job of at most {uc(budget)}")


def nothing(_left: Decimal) -> Fit:
    """What fits of a request that cannot be made smaller."""
    return Fit(None, None)


def fewer_data_points(
    points: Sequence[str], price: Callable[[tuple[str, ...]], Estimate]
) -> Fitting:
    """Returns what fits of one person's data points: without the most expensive, or several.

    ``price`` returns the price range (UC) of one person with some of the data points.
    """

    def fitting(left: Decimal) -> Fit:
        by_price = sorted(points, key=lambda point: price((point,)).maximum, reverse=True)
        for number in range(1, len(by_price) + 1):
            kept = tuple(point for point in points if point not in by_price[:number])
            maximum = price(kept).maximum
            if maximum <= left:
                labels = " and ".join(DATA_POINTS[point].label for point in by_price[:number])
                return Fit(None, f"without {labels} it costs up to {uc(maximum)}")
        return nothing(left)

    return fitting
