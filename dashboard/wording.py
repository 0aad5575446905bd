"""Numbers, amounts and foreign text, written for people. Pure."""

from __future__ import annotations

import re
from decimal import Decimal

import pandas as pd

# What Markdown, and Streamlit's additions to it (LaTeX, emoji, colours), would act on.
_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")

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


def plain(text: str | None) -> str:
    """Foreign text for a place that reads Markdown: it shows as the text that it is."""
    return _MARKUP.sub(r"\\\1", _CONTROL.sub(" ", text or ""))


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


def short(number: float) -> str:
    """A number in three figures or so: ``950``, ``35.2K``, ``1.8B``."""
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e3, "K")):
        if number >= size:
            return f"{number / size:,.1f}".removesuffix(".0") + letter
    return f"{number:,.0f}"


def money(dollars: float | None) -> str:
    """``$1.2M``, or a dash."""
    return "–" if dollars is None else f"${short(dollars)}"


def percent(fraction: float | None) -> str:
    """``+12%``, ``−3%``, ``0%``, or a dash."""
    if fraction is None or pd.isna(fraction):
        return "–"
    whole = round(100 * fraction)
    return f"{'−' if whole < 0 else '+' if whole else ''}{abs(whole):,}%"


def link(url: str | None) -> str | None:
    """``url`` if a browser may be sent there: http or https, nothing else."""
    cleaned = (url or "").strip()
    return cleaned if re.match(r"https?://[^\s<>\"'()\[\]]+$", cleaned, re.IGNORECASE) else None
