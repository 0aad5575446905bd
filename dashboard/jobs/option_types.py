"""What the options of the command line accept: readers for ``argparse``."""

from __future__ import annotations

import argparse
from decimal import Decimal, InvalidOperation

from dashboard.search.inputs import CURSOR_CEILING
from leadiq_api import DATA_POINTS
from leadiq_api.quality import MAX_CONFIDENCE


def whole_number(text: str) -> int:
    """Reads a number of people. Raises ``ArgumentTypeError``."""
    number = int(text)
    if not 1 <= number <= CURSOR_CEILING:
        raise argparse.ArgumentTypeError(f"from 1 to {CURSOR_CEILING:,} people")
    return number


def amount(text: str) -> Decimal:
    """Reads an amount of UC. Raises ``ArgumentTypeError``."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or amount <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not an amount in UC")
    return amount


def confidence(text: str) -> int:
    """Reads a percentage. Raises ``ArgumentTypeError``."""
    if not text.isdecimal() or not 0 <= int(text) <= MAX_CONFIDENCE:
        raise argparse.ArgumentTypeError(f"{text!r} is not a percentage")
    return int(text)


def data_points(text: str) -> tuple[str, ...]:
    """Reads data points, separated by commas. Raises ``ArgumentTypeError``."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in DATA_POINTS]
    if unknown:
        raise argparse.ArgumentTypeError(f"{unknown[0]!r} is not one of {', '.join(DATA_POINTS)}")
    return tuple(point for point in DATA_POINTS if point in names)
