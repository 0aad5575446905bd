"""What a column holds by its name, in the words of many programs and languages. Pure.

The words are in headers.toml.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

WORDS = Path(__file__).with_name("headers.toml")
MAX_HEADER = 200  # characters of a column's name that are looked at
CHANGED_RANK = 1_000  # added for each change that made a name known: an exact one comes first

# Letters that are no accented form of another, as people type them without their keyboard.
_PLAIN_LETTERS = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})
_NEW_WORD = re.compile(r"(?<=[a-z])(?=[A-Z\d])")
_CUSTOM = re.compile(r"__p?c$")  # ends the name of a field that a company added to Salesforce
_OTHER_LANGUAGE = re.compile(r"[/|()（）\n]")  # around the same name in another language

# Fields of columns whose meaning depends on the columns beside them.
GIVEN_OR_FULL = "givenOrFull"
FULL_OR_LAST = "fullOrLast"
# What two names for one column mean, if one of them alone can mean several fields.
_AGREEING: Mapping[frozenset[str], str] = {
    frozenset({GIVEN_OR_FULL, "firstName"}): "firstName",
    frozenset({GIVEN_OR_FULL, "fullName"}): "fullName",
    frozenset({FULL_OR_LAST, "lastName"}): "lastName",
    frozenset({FULL_OR_LAST, "fullName"}): "fullName",
    frozenset({GIVEN_OR_FULL, FULL_OR_LAST}): GIVEN_OR_FULL,
}


class HeaderName(NamedTuple):
    """What a column's name says: a field, and how reliably, the lowest rank first.

    ``field`` is empty for an unknown name. ``is_of_somebody_else`` marks a column that names the
    owner of the record, a buyer or another person who is not meant. ``is_qualified`` marks a name
    that says whose it is, such as "Contact Name".
    """

    field: str = ""
    rank: int = 0
    is_of_somebody_else: bool = False
    is_qualified: bool = False

    @property
    def is_known(self) -> bool:
        """Whether the name is one that a header has."""
        return bool(self.field) or self.is_of_somebody_else


@cache
def _words() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


@cache
def word_list(section: str, name: str) -> tuple[str, ...]:
    """Returns a list of headers.toml in lower case."""
    return tuple(word.casefold() for word in _words()[section][name])


@cache
def _word_set(name: str) -> frozenset[str]:
    return frozenset(word for phrase in word_list("words", name) for word in words_of(phrase))


@cache
def _known_names() -> Mapping[str, tuple[str, int]]:
    """Returns field and rank by the joined words of a name."""
    known: dict[str, tuple[str, int]] = {}
    for section in ("fields", "ambiguous"):
        for field, names in _words()[section].items():
            for rank, name in enumerate(names):
                known.setdefault("".join(words_of(name)), (field, rank))
    return known


def words_of(text: str) -> list[str]:
    """Returns the words of a text in lower case, without accents and punctuation."""
    normal = unicodedata.normalize("NFKC", text[:MAX_HEADER])
    folded = _NEW_WORD.sub(" ", normal).casefold().translate(_PLAIN_LETTERS)
    plain = "".join(_without_accents(letter) for letter in folded)
    return "".join(letter if letter.isalnum() else " " for letter in plain).split()


def _without_accents(letter: str) -> str:
    if letter.isascii():
        return letter
    first, *marks = list(unicodedata.normalize("NFD", letter))
    if unicodedata.combining(first):
        return ""
    return first if all(map(unicodedata.combining, marks)) else letter


@cache
def read_header(name: str) -> HeaderName:
    """Returns what a column's name says, which may be there in two languages."""
    name = _CUSTOM.sub("", name.replace("\u200b", "").replace("\u2011", "-").strip())
    whole = _read_name(name)
    return whole if whole.is_known else _read_translations(name)


def _read_translations(name: str) -> HeaderName:
    """Returns what all parts of a name say: "Vorname / First name", but not "Email / Phone"."""
    parts = [_read_name(part) for part in _OTHER_LANGUAGE.split(name[:MAX_HEADER]) if part.strip()]
    fields = frozenset(part.field for part in parts)
    field = next(iter(fields)) if len(fields) == 1 < len(parts) else _AGREEING.get(fields, "")
    rank = max((part.rank for part in parts), default=0)
    return HeaderName(field, rank + CHANGED_RANK) if field else HeaderName()


def _read_name(name: str) -> HeaderName:
    words = words_of(name)
    if not words:
        return HeaderName()
    for changes, candidate in enumerate(_shortened(words)):
        found = _known_names().get("".join(candidate))
        if found is not None:
            field, rank = found
            is_qualified = bool(_word_set("person").intersection(words))
            return HeaderName(field, rank + changes * CHANGED_RANK, is_qualified=is_qualified)
        if _is_of_somebody_else(words):  # unless the whole name is a known one
            return HeaderName(is_of_somebody_else=True)
    return HeaderName()


def read_grouped_header(group: str, name: str) -> HeaderName:
    """Returns what a column's name says below a group's: the email below "Owner" is the owner's."""
    grouped, own = read_header(f"{group} {name}"), read_header(name)
    is_of_company = read_header(group).field == "company.name"
    if grouped.is_known or not is_of_company or own.field.startswith("company."):
        return grouped if grouped.is_known else own
    is_its_name = own.field in (GIVEN_OR_FULL, FULL_OR_LAST)
    return HeaderName("company.name", CHANGED_RANK) if is_its_name else grouped


def _is_of_somebody_else(words: list[str]) -> bool:
    joined = "".join(words)
    return (
        not _word_set("somebodyElse").isdisjoint(words)
        or (len(words) > 1 and words[-1] == "by")
        or any(phrase in joined for phrase in word_list("words", "somebodyElseWithin"))
    )


def _shortened(words: list[str]) -> Iterable[list[str]]:
    """Yields a name's words: as they are, then without those that do not change what it holds."""
    yield words
    once = [word for word, before in zip(words, ["", *words], strict=False) if word != before]
    chosen = [word for word in once if word not in _word_set("choice")]
    yield chosen
    yield [word for word in chosen if word not in _word_set("person")]
    asked = [word for word in chosen if word not in _word_set("question")]
    yield [word for word in asked if word != "is" or "what" not in words]
