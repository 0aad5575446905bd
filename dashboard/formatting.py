"""Numbers, amounts and foreign text, written for people. Pure."""

from __future__ import annotations

import re
from decimal import Decimal

import pandas as pd

# What Markdown, and Streamlit's additions to it (LaTeX, emoji, colours), would act on.
_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")
# What Streamlit finds in text even where it was escaped: :names: of emoji and icons, addresses to
# write to, arrows. A space of no width between these keeps them what they are.
_SHORTHAND = re.compile(r"(?<=:)(?=[\w/+-]+:)|(?<=[\w+.-])(?=@[\w-])|(?<=[-<>~])(?=[->=])")
# The characters themselves, not their numbers: Arrow's expressions know no \\u.
_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]+"
)

# Addresses that a browser may be sent to.
_LINK = r"(?i)https?://[^\s<>\"'()\[\]]+$"

# The API's words, for people.
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
    "JobChange": "New company",
    "TitleChange": "New title",
}


def strip_control_chars(text: str) -> str:
    """Foreign text without the characters that act instead of showing: control and bidirectional
    ones, each run a space."""
    return _INVISIBLE.sub(" ", text)


def has_control_chars(column: pd.Series) -> bool:
    """Whether ``visible`` would change any text of a column."""
    return bool(_as_strings(column).str.contains(_INVISIBLE.pattern).any())


def escape_markdown(text: str | None) -> str:
    """Foreign text for a place that reads Markdown: it shows as the text that it is, in a line."""
    shown = " ".join(strip_control_chars(text or "").split())
    return _MARKUP.sub(r"\\\1", _SHORTHAND.sub("\u200b", shown))


def as_code(text: str | None) -> str:
    """Foreign text for a place that reads Markdown, to be copied: exact, in type of one width."""
    shown = strip_control_chars(text or "").strip()
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    return f"{fence} {shown} {fence}" if shown else ""


def uc(amount: Decimal | float) -> str:
    """An amount of universal credits: ``2.5 UC``, ``1,250 UC``."""
    number = f"{Decimal(str(amount)):,.2f}".rstrip("0").rstrip(".")
    return f"{number} UC"


def up_to(most: Decimal) -> str:
    """The price on a button, before it is pressed."""
    return f"up to {uc(most)}" if most else "free"


def count(number: float, noun: str, plural: str | None = None) -> str:
    """``1 person``, ``2,000 people``."""
    return f"{number:,.0f} {noun if number == 1 else plural or noun + 's'}"


def day(instant: pd.Timestamp | None) -> str:
    """``24 Nov 2026``, or a dash."""
    return "–" if instant is None or pd.isna(instant) else f"{instant.day} {instant:%b %Y}"


def short_number(number: float) -> str:
    """A number in three figures or so: ``950``, ``35.2K``, ``1.8B``."""
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e3, "K")):
        if number >= size:
            return f"{number / size:,.1f}".removesuffix(".0") + letter
    return f"{number:,.0f}"


def money(dollars: float | None) -> str:
    """``$1.2M``, or a dash."""
    return "–" if dollars is None else f"${short_number(dollars)}"


def percent(fraction: float | None) -> str:
    """``+12%``, ``−3%``, ``0%``, or a dash."""
    if fraction is None or pd.isna(fraction):
        return "–"
    whole = round(100 * fraction)
    return f"{'−' if whole < 0 else '+' if whole else ''}{abs(whole):,}%"


def safe_link(url: str | None) -> str | None:
    """``url`` if a browser may be sent there: http or https, nothing else."""
    cleaned = (url or "").strip()
    return cleaned if re.match(_LINK, cleaned) else None


def safe_links(urls: pd.Series) -> pd.Series:
    """``link`` of each address of a column."""
    cleaned = _as_strings(urls).str.strip()
    return cleaned.where(cleaned.str.match(_LINK, na=False), None)


def _as_strings(column: pd.Series) -> pd.Series:
    """The texts of a column as Arrow holds them, which is searched all at once."""
    if column.dtype == object:
        column = column.where(column.map(lambda cell: isinstance(cell, str)))
    return column.astype("str")
