"""Cross-filtering: counts the values of each facet on the rows that the other facets match. Pure.

A chip is a text such as "Seniority: VP". Chips of one facet are alternatives; chips of different
facets must all match. A chart of a facet is drawn on the rows that match the chips of all *other*
facets, so that its selected values stand beside those that are not selected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.formatting import ENUM_LABELS
from dashboard.search.inputs import SIZE_BANDS

ARROW = " → "  # between the previous and the present company of a move
CHIP_SEPARATOR = ": "  # between a facet's label and a value
SMALL_WORDS = frozenset("a an and at de for in of on the to und".split())  # noqa: SIM905
_USUAL_WORDS = {
    "vice president": "VP",
    "vice-president": "VP",
    "sr": "Senior",
    "jr": "Junior",
    "mgr": "Manager",
}
_OTHER_WORDS = re.compile(r"\b(?:vice[ -]president|sr|jr|mgr)\b", re.IGNORECASE)

Selection = Mapping[str, Collection[str]]  # selected values by facet
RowMask = npt.NDArray[np.bool_]  # whether each row matches


@dataclass(frozen=True)
class Facet:
    """Something that each row has one, several or none of.

    ``read`` takes the frame of all rows and returns a value or a list of values for each.
    """

    label: str
    read: Callable[[pd.DataFrame], pd.Series]


@dataclass(frozen=True)
class FacetCounts:
    """How often each value of a facet occurs: ``counts`` is a Series of numbers by value.

    ``rows_with_value`` of the ``rows`` counted have any value at all.
    """

    counts: pd.Series
    rows_with_value: int
    rows: int


def _column(name: str) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda frame: frame[name].map(lambda value: ENUM_LABELS.get(value, value))


def _size_bands(frame: pd.DataFrame) -> pd.Series:
    edges = [0, *(band.max or float("inf") for band in SIZE_BANDS.values())]
    return pd.cut(frame["employees"], edges, labels=list(SIZE_BANDS)).astype(object)


def _technologies(frame: pd.DataFrame) -> pd.Series:
    return frame["technologies"].map(
        lambda joined: [name for name in joined.split("; ") if name], na_action="ignore"
    )


def _titles(people: pd.DataFrame) -> pd.Series:
    return people["title"].map(normalized_title, na_action="ignore")


def _first_years(people: pd.DataFrame) -> pd.Series:
    years = people["position_since"].dt.year
    return years.map(lambda year: f"{year:.0f}", na_action="ignore")


def _moves(people: pd.DataFrame) -> pd.Series:
    both_known = people["previous_company"].notna() & people["company"].notna()
    moves = people["previous_company"].astype(str) + ARROW + people["company"].astype(str)
    is_move = (people["job_change"] == "JobChange") & people["change_check"].isna()
    return moves.where(both_known & is_move)


FACETS: Mapping[str, Facet] = {
    "seniority": Facet("Seniority", _column("seniority")),
    "role": Facet("Role", _column("role")),
    "title": Facet("Title", _titles),
    "industry": Facet("Industry", _column("industry")),
    "company": Facet("Company", _column("company")),
    "company_size": Facet("Employees", _size_bands),
    "country": Facet("Country", _column("country")),
    "city": Facet("City", _column("city")),
    "job_since": Facet("In this job since", _first_years),
    "technology": Facet("Technology", _technologies),
    "funding_stage": Facet("Funding stage", _column("funding_stage")),
    "previous_company": Facet("Previous company", _column("previous_company")),
    "move": Facet("Move", _moves),
}
COMPANY_FACETS = ("industry", "country", "company_size", "technology", "funding_stage")
_FACET_BY_LABEL = {facet.label: key for key, facet in FACETS.items()}


def normalized_title(title: str) -> str:
    """Returns a title as most write it: "Vice-President, sales" -> "VP of Sales"."""
    words = [word.strip(".") for word in title.strip(" ,").replace(",", " of ").split()]
    text = " ".join(
        word.lower() if word.lower() in SMALL_WORDS else word[:1].upper() + word[1:]
        for word in words
        if word
    )
    return _OTHER_WORDS.sub(lambda found: _USUAL_WORDS[found[0].lower()], text)


def chip(facet: str, value: str) -> str:
    """Returns the chip of a selected value: "Seniority: VP"."""
    return f"{FACETS[facet].label}{CHIP_SEPARATOR}{value}"


def parse_chips(chips: Iterable[str]) -> dict[str, set[str]]:
    """Returns the selected values by facet; texts that are not chips are ignored."""
    selection: dict[str, set[str]] = {}
    for text in chips:
        label, _, value = text.partition(CHIP_SEPARATOR)
        if label in _FACET_BY_LABEL and value:
            selection.setdefault(_FACET_BY_LABEL[label], set()).add(value)
    return selection


def toggle_chips(chips: Sequence[str], facet: str, values: Iterable[str]) -> list[str]:
    """Returns the chips after values were clicked or boxed in a facet's chart.

    If all values were selected before, they are removed; otherwise the missing ones are added.
    """
    clicked = [chip(facet, value) for value in dict.fromkeys(values)]
    missing = [text for text in clicked if text not in chips]
    if missing:
        return [*chips, *missing]
    return [text for text in chips if text not in clicked]


@dataclass(frozen=True)
class _Occurrences:
    """Every value of every row, once for each row that has it: two arrays of the same length.

    ``rows`` holds the row number and ``codes`` the position in ``values`` of each occurrence.
    Integers are counted and compared much faster than the texts.
    """

    rows: npt.NDArray[np.intp]
    codes: npt.NDArray[np.intp]
    values: pd.Index

    @classmethod
    def of(cls, column: pd.Series) -> _Occurrences:
        """Returns the occurrences in a column of values or lists of values."""
        occurrences = column.reset_index(drop=True).explode().dropna().astype(str)
        codes, values = pd.factorize(occurrences.to_numpy())
        return cls(occurrences.index.to_numpy(), codes, pd.Index(values))

    def rows_with_any(self, wanted: Collection[str]) -> npt.NDArray[np.intp]:
        """Returns the numbers of the rows that have one of the wanted values."""
        is_value_wanted: npt.NDArray[np.bool_] = self.values.isin([*wanted])
        is_occurrence_wanted = is_value_wanted[self.codes]
        return self.rows[is_occurrence_wanted]

    def counts(self, mask: RowMask) -> tuple[pd.Series, int]:
        """Returns the number of rows by value, and of rows with any value, of those in ``mask``."""
        in_mask = mask[self.rows]
        by_code = np.bincount(self.codes[in_mask], minlength=len(self.values))
        return pd.Series(by_code, index=self.values), len(np.unique(self.rows[in_mask]))


class Crossfilter:
    """The rows of a frame of people or companies, indexed once by each of ``facets``.

    Maps show countries by code: ``country_codes`` are the ISO 3166 alpha-3 codes by name.
    """

    def __init__(self, frame: pd.DataFrame, facets: Iterable[str] = FACETS) -> None:
        self.rows = len(frame)
        self._occurrences = {key: _Occurrences.of(FACETS[key].read(frame)) for key in facets}
        located = frame.dropna(subset=["country", "country_code"])
        self.country_codes: dict[str, str] = dict(
            zip(located["country"], located["country_code"], strict=True)
        )

    @property
    def facets(self) -> Collection[str]:
        """The facets that this crossfilter indexes."""
        return self._occurrences.keys()

    def matching_rows(self, selection: Selection, ignored_facet: str | None = None) -> RowMask:
        """Returns a mask of the rows that match every facet of the selection but the ignored one.

        Facets that this crossfilter does not index match every row.
        """
        matching = np.ones(self.rows, dtype=bool)
        for facet, wanted in selection.items():
            if facet != ignored_facet and facet in self._occurrences:
                matches_facet = np.zeros(self.rows, dtype=bool)
                matches_facet[self._occurrences[facet].rows_with_any(wanted)] = True
                matching &= matches_facet
        return matching

    def facet_counts(self, facet: str, selection: Selection) -> FacetCounts:
        """Returns a facet's counts on the rows that match the other facets, highest first.

        Its selected values are included even if no row is left that has them.
        """
        matching = self.matching_rows(selection, ignored_facet=facet)
        counts, rows_with_value = self._occurrences[facet].counts(matching)
        is_selected = counts.index.isin([*selection.get(facet, ())])
        ranked = counts[(counts > 0) | is_selected].sort_values(ascending=False, kind="stable")
        return FacetCounts(ranked, rows_with_value, int(matching.sum()))

    def choices(self, selection: Selection, most: int) -> dict[str, int]:
        """Returns how many rows each chip that can be added leads to, the largest number first.

        Of each facet these are the ``most`` frequent values. A value that all rows have filters
        nothing, and is left out.
        """
        numbers = {}
        for facet in self._occurrences:
            counted, own = self.facet_counts(facet, selection), selection.get(facet, ())
            for value, number in counted.counts.head(most).items():
                if value not in own and (own or number < counted.rows):
                    numbers[chip(facet, value)] = int(number)
        return dict(sorted(numbers.items(), key=lambda item: -item[1]))
