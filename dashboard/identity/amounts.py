"""Which number an amount means, as people of different countries write it. Pure.

The rule: a point or comma that is followed by exactly three digits separates thousands, as blanks
and apostrophes do, unless a zero alone is before it; any other one is the decimal point. So 1,500,
1.500 and 1 500 are 1500, and 10,5M and 10.5M are 10,500,000. What breaks the rule, as 1,50.5.2, and
what is no whole number in the end, as 10.5, is no amount.
"""

from __future__ import annotations

import re
from decimal import Decimal

from dashboard.identity.words import clean

MAX_DIGITS = 15  # neither dollars nor people have more, nor does the API
GROUP = 3  # digits between separators of thousands
INDIAN_GROUP = 2  # of all groups but the last: 1,50,000

_AMOUNT = re.compile(
    r"(?:[A-Za-z]{0,3}[$€£¥]|usd|eur|gbp)?\s?(?P<digits>\d[\d.,' ’]{0,40})\s?"
    r"(?P<unit>[a-zäöüé.]{0,11})\s?(?:[$€£¥]|usd|eur|gbp)?",
    re.IGNORECASE,
)
_UNITS = {
    "": 1,
    **dict.fromkeys(("k", "tsd", "tsd.", "thousand"), 10**3),
    **dict.fromkeys(
        ("m", "mm", "mn", "mio", "mio.", "mln", "million", "millions", "millionen"), 10**6
    ),
    **dict.fromkeys(
        ("b", "bn", "mrd", "mrd.", "md", "mld", "billion", "billions", "milliarden"), 10**9
    ),
}


def read_amount(text: str) -> int | None:
    """Returns the whole number that an amount means, or None for any other text."""
    match = _AMOUNT.fullmatch(clean(text))
    if match is None or match["unit"].lower() not in _UNITS:
        return None
    number = _number(match["digits"].strip())
    amount = None if number is None else number * _UNITS[match["unit"].lower()]
    return None if amount is None or amount % 1 else int(amount)


def _number(text: str) -> Decimal | None:
    """Returns the number of digits with separators, or None if these contradict each other."""
    if sum(map(str.isdigit, text)) > MAX_DIGITS:
        return None
    text = re.sub(r"(?<=\d)[ '’](?=\d{3}(?!\d))", "", text)
    separators = [sign for sign in text if not sign.isdigit()]
    if not separators:
        return Decimal(text)
    whole, _, fraction = text.rpartition(separators[-1])
    is_last_of_its_kind = separators.count(separators[-1]) == 1
    is_decimal = is_last_of_its_kind and (
        len(fraction) != GROUP or len(separators) > 1 or whole == "0"
    )
    if not is_decimal:
        whole, fraction = text, "0"
    groups = re.split(r"[.,]", whole)
    return Decimal(f"{''.join(groups)}.{fraction or 0}") if _are_groups(whole, groups) else None


def _are_groups(whole: str, groups: list[str]) -> bool:
    """Whether digits are grouped as thousands are, by one separator."""
    if len({sign for sign in whole if not sign.isdigit()}) > 1 or not all(map(str.isdigit, groups)):
        return False
    first, *others = groups
    if not others:
        return True
    *middle, last = others
    return (
        len(last) == GROUP
        and len(first) <= GROUP
        and (
            all(len(group) == GROUP for group in middle)
            or all(len(group) == INDIAN_GROUP for group in middle)
        )
    )
