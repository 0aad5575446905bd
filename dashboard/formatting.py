"""Formats numbers and amounts, and escapes text from the API, files and users. Pure."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

# Characters that Markdown and Streamlit's additions to it (LaTeX, emoji, colours) interpret.
_MARKDOWN_CHARACTERS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")
# What Streamlit replaces even in escaped text: :names: of emoji and icons, arrows, and addresses,
# of which it makes links (a@b.example, https://…, www.…). A zero-width space at each of these
# positions prevents it.
_SHORTHAND = re.compile(
    r"(?<=:)(?=[\w/+-]+:)|(?<=[\w+.-])(?=@[\w-])|(?<=[-<>~])(?=[->=])"
    r"|(?<=:)(?=//)|(?i:(?<=www))(?=\.)"
)
# Control characters and bidirectional marks. They are written literally, not as \u escapes of the
# expression, since Arrow's regular expressions do not know these.
_CONTROL_CHARS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]+"
)

# Addresses that a browser may open.
_LINK = r"(?i)https?://[^\s<>\"'()\[\]]+$"

# A longer time is shown in minutes, or in hours.
MAX_SECONDS_SHOWN = 90
MAX_MINUTES_SHOWN = 90

# Labels of the API's enum values; a value that is not here is its own label.
ENUM_LABELS = {
    "SeniorIndividualContributor": "Senior individual contributor",
    "VerifiedLikely": "Likely verified",
    "LikelyAccurate": "Likely accurate",
    "WorkEmail": "Work",
    "PersonalEmail": "Personal",
    "WorkPhone": "Work",
    "WorkMobile": "Work mobile",
    "WorkHQ": "Head office",
    "WorkBranch": "Branch office",
    "PersonalPhone": "Personal",
    "PersonalMobile": "Personal mobile",
    "PersonalLandline": "Personal landline",
    "owner": "Owner",
    "collaborator": "Collaborator",
    "JobChange": "New company",
    "TitleChange": "New title",
}


def strip_control_chars(text: str) -> str:
    """Returns the text with each run of control and bidirectional characters as one space."""
    return _CONTROL_CHARS.sub(" ", text)


def option_labels(names: Mapping[str, str]) -> dict[str, str]:
    """Returns a menu's label for each option, given their names: no two labels are equal.

    Equal names are numbered, since the browser sends the label of what was chosen.
    """
    labels: dict[str, str] = {}
    taken: set[str] = set()
    for option in sorted(names):  # the same numbers in whatever order they come
        name = strip_control_chars(names[option])
        numbered = (f"{name} ({number})" for number in itertools.count(2))
        labels[option] = next(one for one in itertools.chain([name], numbered) if one not in taken)
        taken.add(labels[option])
    return {option: labels[option] for option in names}


def has_control_chars(column: pd.Series) -> bool:
    """Whether ``strip_control_chars`` would change any text of a column."""
    return bool(_as_strings(column).str.contains(_CONTROL_CHARS.pattern).any())


def escape_markdown(text: str | None) -> str:
    """Returns the text, in one line, so that Streamlit's Markdown shows it literally."""
    line = " ".join(strip_control_chars(text or "").split())
    return _MARKDOWN_CHARACTERS.sub(r"\\\1", _SHORTHAND.sub("\u200b", line))


def uc(amount: Decimal | float) -> str:
    """Returns an amount of universal credits: ``2.5 UC``, ``1,250 UC``."""
    return f"{_credits(amount)} UC"


def _credits(amount: Decimal | float) -> str:
    return f"{Decimal(str(amount)):z,.2f}".rstrip("0").rstrip(".")


def up_to(max_price: Decimal) -> str:
    """Returns the price of a request as its button shows it: ``up to 11 UC``, ``free``."""
    return f"up to {uc(max_price)}" if max_price else "free"


def percent_range(low: float, high: float) -> str:
    """Returns shares (0 to 1) as a range in percent: 92–98%; one number if both round to it."""
    first, last = f"{low:.0%}", f"{high:.0%}"
    return last if first == last else f"{first.removesuffix('%')}–{last}"


def likely_price(expected: Decimal | None, max_price: Decimal) -> str:
    """Returns a price of which something is expected: ``about 20, up to 60 UC``.

    ``up to 60 UC`` if nothing less than that is expected.
    """
    if expected is None or expected >= max_price:
        return f"up to {uc(max_price)}"
    return f"about {_credits(expected)}, up to {uc(max_price)}"


def count(number: float, noun: str, plural: str | None = None) -> str:
    """Returns a number with its noun: ``1 person``, ``2,000 people``."""
    return f"{number:,.0f} {noun if number == 1 else plural or noun + 's'}"


def duration(seconds: float) -> str:
    """Returns a time in its largest fitting unit: ``45 seconds``, ``12 minutes``, ``28 hours``."""
    if seconds <= MAX_SECONDS_SHOWN:
        return count(math.ceil(seconds), "second")
    minutes = round(seconds / 60)
    return (
        count(minutes, "minute") if minutes <= MAX_MINUTES_SHOWN else f"{minutes / 60:,.0f} hours"
    )


def day(instant: datetime | None) -> str:
    """Returns the day of an instant, ``24 Nov 2026``, or a dash if there is none."""
    return "–" if instant is None or _is_missing(instant) else f"{instant.day} {instant:%b %Y}"


def minute(instant: datetime) -> str:
    """Returns an instant in UTC to the minute: ``24 Nov 2026, 09:05 UTC``."""
    return f"{day(instant)}, {instant:%H:%M} UTC"


def _is_missing(value: object) -> bool:
    """Whether a number or an instant is missing: NaN and NaT differ from themselves."""
    return bool(value != value)


def month(instant: pd.Timestamp) -> str:
    """Returns the month of an instant: ``Nov 2026``."""
    return f"{instant:%b %Y}"


def short_number(number: float) -> str:
    """Returns a number rounded to a tenth of its unit: ``950``, ``35.2K``, ``1.8B``."""
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e3, "K")):
        if number >= size - size / 20_000:  # what rounds up to it has its unit
            return f"{number / size:,.1f}".removesuffix(".0") + letter
    return f"{number:,.0f}"


def money(dollars: float | None) -> str:
    """Returns an amount of US dollars, ``$1.2M``, or a dash if it is unknown."""
    return "–" if dollars is None else f"${short_number(dollars)}"


def percent(fraction: float | None) -> str:
    """Returns a change in percent, ``+12%``, ``−3%`` or ``0%``, or a dash if it is unknown."""
    if fraction is None or _is_missing(fraction):
        return "–"
    whole = round(100 * fraction)
    return f"{'−' if whole < 0 else '+' if whole else ''}{abs(whole):,}%"


def safe_link(url: str | None) -> str | None:
    """Returns the URL if it is http or https without spaces, quotes and brackets, else None."""
    stripped = (url or "").strip()
    return stripped if re.match(_LINK, stripped) else None


def safe_links(urls: pd.Series) -> pd.Series:
    """Returns ``safe_link`` of each cell of a column."""
    stripped = _as_strings(urls).str.strip()
    return stripped.where(stripped.str.match(_LINK, na=False), None)


def _as_strings(column: pd.Series) -> pd.Series:
    """Returns the texts of a column as Arrow strings, which are searched all at once."""
    if column.dtype == object:
        column = column.where(column.map(lambda cell: isinstance(cell, str)))
    return column.astype("str")
