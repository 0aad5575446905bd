"""Charts that filter: what a chart shows of each row, and which rows are left. Pure.

A chip is a text such as "Seniority: VP". Chips of one facet are alternatives; different facets all
have to fit. A chart is drawn on the rows that the chips of all *other* facets leave, so that its
own chosen values stand beside those that were not chosen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dashboard.formatting import ENUM_LABELS
from dashboard.search.inputs import SIZE_BANDS

ARROW = " → "
SMALL_WORDS = frozenset("a an and at de for in of on the to und & - / |".split())  # noqa: SIM905

Chosen = Mapping[str, Collection[str]]  # values by facet


@dataclass(frozen=True)
class Facet:
    """Something that rows have one, several or none of: ``read`` gives a value or a list a row."""

    label: str
    read: Callable[[pd.DataFrame], pd.Series]


@dataclass(frozen=True)
class Counted:
    """How often each value occurs, on how many rows that have one, of how many."""

    values: pd.Series
    known: int
    rows: int


def _column(name: str) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda frame: frame[name].map(lambda value: ENUM_LABELS.get(value, value))


def _bands(frame: pd.DataFrame) -> pd.Series:
    edges = [0, *(most or float("inf") for _, most in SIZE_BANDS.values())]
    return pd.cut(frame["employees"], edges, labels=list(SIZE_BANDS)).astype(object)


def _technologies(frame: pd.DataFrame) -> pd.Series:
    return frame["technologies"].map(
        lambda joined: [one for one in joined.split("; ") if one], na_action="ignore"
    )


def _title_words(people: pd.DataFrame) -> pd.Series:
    return people["title"].map(title_words, na_action="ignore")


def _moves(people: pd.DataFrame) -> pd.Series:
    known = people["previous_company"].notna() & people["company"].notna()
    moves = people["previous_company"].astype(str) + ARROW + people["company"].astype(str)
    return moves.where(known & (people["job_change"] == "JobChange"))


FACETS: Mapping[str, Facet] = {
    "seniority": Facet("Seniority", _column("seniority")),
    "role": Facet("Role", _column("role")),
    "title_word": Facet("Title word", _title_words),
    "industry": Facet("Industry", _column("industry")),
    "company": Facet("Company", _column("company")),
    "company_size": Facet("Employees", _bands),
    "country": Facet("Country", _column("country")),
    "technology": Facet("Technology", _technologies),
    "funding_stage": Facet("Funding stage", _column("funding_stage")),
    "previous_company": Facet("Previous company", _column("previous_company")),
    "move": Facet("Move", _moves),
}
COMPANY_FACETS = ("industry", "country", "company_size", "technology", "funding_stage")
_KEYS = {facet.label: key for key, facet in FACETS.items()}


def title_words(title: str) -> list[str]:
    """The words of a title that tell something, each once: "VP of Sales" -> VP, Sales."""
    words = [word.strip(".,()") for word in re.split(r"[\s,/&|]+", title)]
    told = [word for word in words if word and word.lower() not in SMALL_WORDS]
    return [*dict.fromkeys(word if word.isupper() else word.capitalize() for word in told)]


def chip(facet: str, value: str) -> str:
    """A chosen value in words."""
    return f"{FACETS[facet].label}: {value}"


def chosen_of(chips: Iterable[str]) -> dict[str, set[str]]:
    """The chosen values by facet; what is no chip is left out."""
    chosen: dict[str, set[str]] = {}
    for text in chips:
        label, _, value = text.partition(": ")
        if label in _KEYS and value:
            chosen.setdefault(_KEYS[label], set()).add(value)
    return chosen


def toggled(chips: Sequence[str], facet: str, values: Iterable[str]) -> list[str]:
    """The chips after values were clicked or boxed in a facet's chart.

    Values that were all chosen before are taken away; else the missing ones are added.
    """
    clicked = [chip(facet, value) for value in dict.fromkeys(values)]
    if all(one in chips for one in clicked):
        return [one for one in chips if one not in clicked]
    return [*chips, *(one for one in clicked if one not in chips)]


class Crossfilter:
    """The rows of a frame of people or companies, coded once by each of ``facets``.

    Countries are drawn by code: ``country_codes`` are the ISO 3166 alpha-3 ones, by name.
    """

    def __init__(self, frame: pd.DataFrame, facets: Iterable[str] = FACETS) -> None:
        self.rows = len(frame)
        self._coded = {key: _coded(FACETS[key].read(frame)) for key in facets}
        known = frame.dropna(subset=["country", "country_code"])
        self.country_codes = dict(zip(known["country"], known["country_code"], strict=True))

    def passing(self, chosen: Chosen, without: str | None = None) -> np.ndarray[Any, Any]:
        """Which rows all chosen facets let through, but for one that is left out of it."""
        left = np.ones(self.rows, dtype=bool)
        for key, wanted in chosen.items():
            if key != without and key in self._coded:
                rows, codes, values = self._coded[key]
                fits = np.zeros(self.rows, dtype=bool)
                fits[rows[np.isin(codes, np.flatnonzero(values.isin([*wanted])))]] = True
                left &= fits
        return left

    def counted(self, facet: str, chosen: Chosen) -> Counted:
        """A facet's values on the rows that the other facets leave, the most frequent first."""
        left = self.passing(chosen, without=facet)
        rows, codes, values = self._coded[facet]
        here = left[rows]
        numbers = pd.Series(np.bincount(codes[here], minlength=len(values)), index=values)
        shown = numbers[(numbers > 0) | values.isin([*chosen.get(facet, ())])]
        ranked = shown.sort_values(ascending=False, kind="stable")
        return Counted(ranked, len(np.unique(rows[here])), int(left.sum()))


def _coded(values: pd.Series) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], pd.Index]:
    """(row, code) of each occurrence, and the value of each code."""
    occurrences = values.reset_index(drop=True).explode().dropna().astype(str)
    codes, found = pd.factorize(occurrences.to_numpy())
    return occurrences.index.to_numpy(), codes, pd.Index(found)
