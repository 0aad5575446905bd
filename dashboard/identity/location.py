"""Which place a text names: a city, an area and a country. Pure.

A text of one part is a country only if there is such a country. What could be a city as well as an
area is not guessed: the interpretations are offered.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from dashboard.identity.words import clean, fold, table

LANGUAGES = "en de fr es pt it nl pl sv da no cs tr ru ja zh ko"  # of the names of countries
UNITED_STATES = "United States"
PARTS = 3  # city, area, country
MAX_CHARACTERS = 200  # more name no place


class Place(NamedTuple):
    """A place; an empty part may be any."""

    city: str = ""
    area: str = ""
    country: str = ""


class Reading(NamedTuple):
    """The places that a text names, or the texts to choose from if it is ambiguous.

    Each of ``choices`` names one place unmistakably: "London, ," is a city, "London," an area. Both
    are empty if the text names no place.
    """

    places: tuple[Place, ...] = ()
    choices: tuple[str, ...] = ()


def read_place(text: str) -> Reading:
    """Returns the places that a text names: "Boston, MA", "Germany", "Bonn, , Germany".

    One part is a country, two are a city or an area with its country, three are city, area and
    country. A part may be empty: "Boston, ," is a city, "Texas," an area, ", , Georgia" a country.
    """
    parts = [part.strip() for part in clean(text).split(",")]
    if len(text) > MAX_CHARACTERS or len(parts) > PARTS or not any(parts):
        return Reading()
    country = country_name(parts[-1])
    state = _states().get(fold(parts[-1]), "")
    match parts:
        case [only]:
            return _read_only(only, country, state)
        case [first, ""]:
            return Reading((Place(area=first),))
        case [first, last]:
            return _read_two(first, last, country, state)
    return Reading((Place(parts[0], parts[1], country or parts[2]),))


def _read_only(text: str, country: str, state: str) -> Reading:
    if country and not state:
        return Reading((Place(country=country),))
    areas = (f"{state}, {UNITED_STATES}",) if state else (f"{text},",)
    return Reading(choices=(f", , {country}", *areas) if country else (f"{text}, ,", *areas))


def _read_two(first: str, last: str, country: str, state: str) -> Reading:
    if country and state:
        choices = (f"{first}, {state}, {UNITED_STATES}", f"{first}, , {country}")
        return Reading(choices=choices)
    if state:
        return Reading((Place(first, state, UNITED_STATES),))
    if not country:
        return Reading(choices=(f"{first}, {last},",))
    known = _states().get(fold(first)) if country == UNITED_STATES else None
    if known:
        return Reading((Place(area=known, country=country),))
    return Reading((Place(city=first, country=country), Place(area=first, country=country)))


def country_name(text: str) -> str:
    """Returns a country's name in English; empty if the text is none."""
    return _countries().get(fold(text), "")


def _translations() -> dict[str, dict[str, str]]:
    """The names of each country, by its two letters, then by language."""
    from phonenumbers.geodata.locale import LOCALE_DATA  # slow to import, and seldom needed

    return LOCALE_DATA


@cache
def _countries() -> dict[str, str]:
    """The English names of countries, by names in ``LANGUAGES`` as they are compared."""
    names: dict[str, str] = {}
    for iso, translations in _translations().items():
        by_language = {code: _translation(translations, code) for code in LANGUAGES.split()}
        for name in filter(None, (*by_language.values(), iso)):
            names.setdefault(fold(name), by_language["en"])
    return names | {fold(name): english for name, english in table("country_names").items()}


def region_code(text: str) -> str:
    """Returns the two letters of a country, such as US; empty if the text is none."""
    return _region_codes().get(country_name(text), "")


@cache
def _region_codes() -> dict[str, str]:
    return {_translation(translations, "en"): iso for iso, translations in _translations().items()}


def _translation(translations: dict[str, str], code: str) -> str:
    """Returns a name, which may refer to that in another language by a star."""
    name = translations.get(code, "")
    return translations.get(name[1:], "") if name.startswith("*") else name


@cache
def _states() -> dict[str, str]:
    """The states of the United States by name and abbreviation."""
    states = table("us_states")
    return {key: name for short, name in states.items() for key in (fold(name), fold(short))}
