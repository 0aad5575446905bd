"""An ideal customer profile of the team as entries of the filter boxes. Pure."""

from __future__ import annotations

from typing import Any, NamedTuple

from dashboard.search.filter_fields import BOXES
from dashboard.search.inputs import SIZE_BANDS, Range
from dashboard.tables.api_json import Json, number_at, rows_at, text_at, texts_at
from dashboard.tables.frames import SENIORITIES

# The lists of texts and of places of a profile, by the key of the box that they fill.
_TEXTS = {
    "titles": "persona.titles",
    "roles": "persona.functions",
    "industries": "company.industries",
    "technologies": "company.technologies",
    "technology_categories": "company.technologyCategories",
}
_PLACES = {"locations": "persona.locations", "company_locations": "company.locations"}


class Entries(NamedTuple):
    """What a profile fills the boxes with, by key, and the seniorities that no box has."""

    by_key: dict[str, Any]
    unknown: list[str]


def entries_of(profile: Json) -> Entries:
    """Returns what an ``ICPDefinition`` fills the boxes with; the other boxes are empty."""
    seniorities = texts_at(profile, "persona.seniorities")
    sizes = [*map(_size, rows_at(profile, "company.sizes"))]
    filled = {
        **{key: texts_at(profile, path) for key, path in _TEXTS.items()},
        **{key: [*map(_place, rows_at(profile, path))] for key, path in _PLACES.items()},
        "seniorities": [name for name in seniorities if name in SENIORITIES],
        "sizes": [size for size in sizes if size in SIZE_BANDS],
    }
    known: dict[str, Any] = {
        key: [*dict.fromkeys(filter(None, values))] for key, values in filled.items()
    }
    empty: dict[str, Any] = {box.key: [] if box.kind == "choice" else None for box in BOXES}
    texts = {box.key: "" for box in BOXES if box.kind in ("lines", "range")}
    known["other_sizes"] = "\n".join(size for size in sizes if size not in SIZE_BANDS)
    return Entries(empty | texts | known, [name for name in seniorities if name not in SENIORITIES])


def _place(location: Json) -> str:
    """A location as the location filter reads it: an unknown part stays empty between commas."""
    parts = [text_at(location, part) or "" for part in ("city", "areaLevel1", "country")]
    return ", ".join(parts) if any(parts[:2]) else parts[2]


def _size(size: Json) -> str:
    low, high = number_at(size, "min"), number_at(size, "max")
    band = Range(None if low is None else int(low), None if high is None else int(high))
    named = next((name for name, known in SIZE_BANDS.items() if known == band), None)
    if named or band.min is band.max is None:
        return named or ""
    return f"{band.min or 1:,}+" if band.max is None else f"{band.min or 1:,} – {band.max:,}"
