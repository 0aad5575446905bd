"""Whom a text names: a person's name without titles, degrees and decoration. Pure.

A name is for looking somebody up and for comparing; the file keeps what it says.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from nameparser.config import CONSTANTS

from dashboard.identity.spellings import word_agrees
from dashboard.identity.words import clean, fold, is_placeholder, link_target, shown, word_list

MAX_NAME_WORDS = 12  # more are a sentence
MIN_CAPITALS = 3  # letters of a last name in capitals: DOE, but not AJ
MAX_SALUTATION = 5  # letters of Mr and Frau: Professor and Captain are jobs
MAX_CREDENTIAL_LETTERS = 6  # of an unknown abbreviation after a comma
MAX_UNSPACED = 6  # characters of a name in Chinese, Japanese or Korean letters
TWO_FAMILY_CHARACTERS = 4  # characters from which a name without a blank has two for the family

_ASIDE = re.compile(
    r"\([^()]*\)|(?<!\S)\[[^\[\]]*\]|\{[^{}]*\}|<[^<>]*>|\"[^\"]*\"|“[^“”]*”|„[^„“”]*[“”]|«[^«»]*»"
    r"|(?<!\S)'[^']*'(?!\S)|(?<!\S)‘[^‘’]*’(?!\S)"
)
_ADDITION = re.compile(
    r"\s?(?:[|•·]|\s[-–—~/\\]+\s|\s@|\s(?:née|nee|geb\.?|geborene|born|z domu|roz\.)\s).*",
    re.DOTALL,
)
_PRONOUNS = re.compile(
    r"(?<!\w)(?:s?he|her|him|his|they|them|ze|xe|er|sie|ihr|ihm|elle?|il|lui|ella|él)"
    r"(?:\s?/\s?\w{1,6}){1,3}(?!\w)",
    re.IGNORECASE,
)
# Von und zu is one.
_TWO_PEOPLE = re.compile(r"(?<!\bvo)\w\.?\s+(?:&|\+|and|und|et)\s+\w|\w;\s\w+\s\w", re.I)
_ADDRESS = re.compile(r"\S@\S|://")
_CONJUNCTIONS = ("y", "e", "i")  # within a last name: Ortega y Gasset
_CLIPPED = ("'t", "'s")  # particles that begin with an apostrophe: van 't Hoff
_FIRST_NAMES = ("Al", "Ben", "Mac")  # that are particles in small letters: Ahmed ben Salem
# What tells father and son apart, by how it is written.
_GENERATIONS = {
    **dict.fromkeys(("sr", "snr", "senior"), "1"),
    **dict.fromkeys(("jr", "jnr", "junior", "ii", "2nd"), "2"),
    **dict.fromkeys(("iii", "3rd"), "3"),
    **dict.fromkeys(("iv", "4th"), "4"),
    **{"v": "5", "vi": "6", "vii": "7", "viii": "8"},
}
_CAPITAL_GENERATIONS = ("iv", "v", "vi")  # Vi and Iv are first names
_CJK = re.compile(r"[\u3005\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_HANGUL = re.compile(r"[\uac00-\ud7af]+")
_PART_STARTS = re.compile(r"(?<![^\W_])[^\W_]|(?<=\bmc)\w")
_HONORIFIC = re.compile(r"(?<=.)\s?(?:様|さん|殿|先生|女士|님|씨)$")


class Name(NamedTuple):
    """A person's cleaned name, or the problem with it.

    ``first`` and ``last`` are the parts as far as they are known, ``full`` the whole. They are
    ``separate`` if the text tells them apart, and a guess otherwise. A name with a problem fits
    many people. All are empty if the text names nobody. ``generation`` tells John Smith Jr. from
    John Smith III; it is no part of the name that is sent.
    """

    first: str = ""
    last: str = ""
    full: str = ""
    problem: str = ""
    separate: bool = False
    generation: str = ""

    @property
    def as_input(self) -> dict[str, str]:
        """The name by field of ``SearchPeopleInput``: LeadIQ tells the parts of a whole name."""
        if self.separate:
            return {"firstName": self.first, "lastName": self.last}
        return {"fullName": self.full} if self.full else {}


def read_name(full: str = "", first: str = "", last: str = "") -> Name:
    """Returns the name in the columns or boxes of a full, a first and a last name.

    Either column may hold the whole name, and the two may be swapped: a comma, capitals or the full
    name tell.
    """
    whole, given, family = _usable(full), _usable_part(first), _usable_part(last)
    name = _read_parts(whole, given, family)
    return name._replace(generation=_generation((whole, family, given), name))


def _read_parts(whole: str, given: str, family: str) -> Name:
    if given and family:
        name = _joined(given, family)
        return _reordered(name, _split(whole)) if whole else name
    if whole:
        return _split(whole)
    return _split(given or family)


def names_agree(one: Name, other: Name) -> bool:
    """Whether two names can be of one person: "J. Doe" and "Jane A. Doe", "Müller, Jörg".

    Names of which one says nothing, or in different scripts, do not contradict each other.
    """
    if one.generation and other.generation and one.generation != other.generation:
        return False
    shorter, longer = sorted((fold(one.full).split(), fold(other.full).split()), key=len)
    if not are_comparable(one, other):
        return True
    if "".join(shorter) == "".join(longer):
        return True
    rest = list(longer)
    for word in sorted(shorter, key=len, reverse=True):
        match = next((other for other in rest if word_agrees(word, other)), None)
        if match is None:
            return False
        rest.remove(match)
    return True


def are_comparable(one: Name, other: Name) -> bool:
    """Whether both names say something, in the same script."""
    words, other_words = fold(one.full).split(), fold(other.full).split()
    return bool(words and other_words) and _is_latin(words) == _is_latin(other_words)


def is_salutation(text: str) -> bool:
    """Whether a text is what stands before a name, and no job: Mr., Frau, Prof. Dr."""
    words = clean(text).split()
    return bool(words) and all(
        _is_title(word) and len(_key(word)) <= MAX_SALUTATION for word in words
    )


def _usable(text: str) -> str:
    """Returns what may be a name in a text; a web or email address is none."""
    text = clean(link_target(clean(text)))
    return "" if is_placeholder(text) or _ADDRESS.search(text) else text


def _usable_part(text: str) -> str:
    """Returns what may be a first or last name, which can be a word for nothing as well: Null."""
    is_name = text.istitle() and text.lower() in word_list("placeholder_names")
    return text if is_name else _usable(text)


# The words of a name ------------------------------------------------------------------------------


def _words(text: str, kept: int = 2) -> list[str]:
    """Returns the words of a name without anything else, as ``_ordered_words`` does."""
    return _ordered_words(text, kept)[0]


def _ordered_words(text: str, kept: int = 2) -> tuple[list[str], bool]:
    """Returns the words of a name without anything else, and whether a comma tells their order.

    They are then in the order in which they are said. At least ``kept`` words stay, although they
    could be degrees: Jack Ma.
    """
    text = re.sub("[`´’]", "'", text.replace("_", " "))
    text = _PRONOUNS.sub(" ", text)
    said = _ADDITION.sub(" ", _ASIDE.sub(" ", text))
    bare = _without_symbols(said if said.strip() else text)
    parts = [part.split() for part in bare.split(",")]
    parts = [part for part in (_letters_only(part) for part in parts) if part]
    if len(parts) == 1 and len(parts[0]) == 1:
        parts = [re.split(r"(?<=\w\w)\.(?=\w\w)", parts[0][0])]  # jane.doe
    if not parts:
        return [], False
    first, *others = parts
    others = [part for part in others if not _is_credential(part, first)]
    is_ordered = bool(others) and not (len(first) > 1 and _is_job(others[0]))
    if is_ordered:
        while len(first) > 1 and _is_particle(first[-1]):
            first = [first[-1], *first[:-1]]  # Vries de, Jan
        family = _without_titles(first) or first  # Dr. Doe, Jane
        first = [*_without_suffixes(_without_titles(others[0]), 1), *family]  # Smith, John Jr.
    return _without_suffixes(_without_titles(first), kept), is_ordered


def _without_symbols(text: str) -> str:
    """Returns the text with blanks in place of emoji and other signs."""
    return "".join(" " if unicodedata.category(sign)[0] in "SC" else sign for sign in text)


def _letters_only(words: list[str]) -> list[str]:
    stripped = (
        word
        if word.lower() in _CLIPPED
        else _HONORIFIC.sub("", word.strip("!?;-–—&#*†\"'“”…/\\|(){}<>").rstrip(":"))
        for word in words
    )
    return [word for word in stripped if any(letter.isalpha() for letter in word)]


def _key(word: str) -> str:
    return word.lower().replace(".", "").strip(" '")


@cache
def _credentials() -> frozenset[str]:
    return frozenset(CONSTANTS.suffix_acronyms) | word_list("name_credentials")


@cache
def _particles() -> frozenset[str]:
    return frozenset(CONSTANTS.prefixes) | word_list("name_particles")


def _is_particle(word: str) -> bool:
    return word.lower() in _particles() and word not in _FIRST_NAMES


def _is_credential(words: list[str], name: list[str]) -> bool:
    """Whether words after a comma are degrees and the like: MBA, PMP, Jr., and not first names."""
    in_capitals = " ".join(name).isupper()
    return all(
        (_key(word) in _credentials() and not (len(name) == 1 and _is_name_like(word)))
        or _is_generation(word)
        or (
            len(name) > 1
            and not in_capitals
            and word.isupper()
            and len(_key(word)) <= MAX_CREDENTIAL_LETTERS
        )
        for word in words
    )


def _is_name_like(word: str) -> bool:
    """Whether a word is written as a name is, although it could be a degree: Ed, but not EdD."""
    return word.istitle() and word.isalpha() and _key(word) not in word_list("any_case_credentials")


def _is_generation(word: str) -> bool:
    key = _key(word)
    is_written = "." not in word.strip(".")  # J.R. are initials
    return (
        key in _GENERATIONS and is_written and (key not in _CAPITAL_GENERATIONS or word.isupper())
    )


def _generation(texts: Sequence[str], name: Name) -> str:
    """Returns what tells father and son apart in texts, unless it belongs to the name.

    It never comes first, where Sr. is a title in Spanish.
    """
    own = fold(name.full).split()
    words = [word.strip(" ,;()") for text in texts for word in text.split()[1:]]
    added = (word for word in words if _is_generation(word) and _key(word) not in own)
    return next((_GENERATIONS[_key(word)] for word in added), "")


def _is_job(words: list[str]) -> bool:
    return any(_key(word) in word_list("job_words") for word in words)


def _without_titles(words: list[str]) -> list[str]:
    start = 0
    while start < len(words) and _is_title(words[start]):
        start += 1
    return words[start:]


def _is_title(word: str) -> bool:
    parts = [part for part in word.lower().split(".") if part]  # Dr.med., Prof.Dr.
    known = word_list("name_titles") | (word_list("dotted_titles") if "." in word else frozenset())
    return _key(word) in known or (bool(parts) and all(part in known for part in parts))


def _without_suffixes(words: list[str], kept: int) -> list[str]:
    """Returns the words without generations and degrees at the end; some are ``kept``."""
    end = len(words)
    in_capitals = " ".join(words).isupper()
    while end > kept and _is_suffix(words[end - 1], in_capitals=in_capitals):
        end -= 1
    return words[:end]


def _is_suffix(word: str, *, in_capitals: bool) -> bool:
    key = _key(word)
    capitals = sum(letter.isupper() for letter in word)
    is_abbreviation = capitals > 1 and (not in_capitals or len(key) >= MIN_CAPITALS)
    return (
        _is_generation(word)
        or key in word_list("any_case_credentials")
        or (is_abbreviation and key in _credentials())
    )


def _is_initial(word: str) -> bool:
    """Whether a word is one letter, or several with dots: J., J.R.; no letter of Chinese."""
    if word in _CONJUNCTIONS:
        return False
    parts = [part for part in word.split(".") if part]
    return all(len(part) == 1 and part.lower() != part.upper() for part in parts) and bool(parts)


def _without_initials(words: list[str]) -> list[str]:
    """Returns the words without middle initials; the first and the last word stay."""
    return [
        word
        for index, word in enumerate(words)
        if index in (0, len(words) - 1) or not _is_initial(word)
    ]


# First and last name ------------------------------------------------------------------------------


def _split(text: str) -> Name:
    """Returns the name in one text."""
    words, is_ordered = _ordered_words(text)
    if not words:
        return Name(problem=f"“{shown(text)}” is not a name." if text else "")
    if len(words) > MAX_NAME_WORDS or _TWO_PEOPLE.search(text):
        return Name(problem=f"“{shown(text)}” is not one person's name.")
    if all(_CJK.fullmatch(word) for word in words):
        return _split_cjk(words)
    latin = [word for word in words if not _CJK.search(word)]
    words = _without_initials(latin if len(latin) > 1 else words)
    if len(words) > 2 and _is_initial(words[0]) and not _is_particle(words[1]):  # noqa: PLR2004
        words = words[1:]  # J. Michael Smith, but not J. de Vries
    if len(words) == 1:
        return _checked("", "", words[0])
    family = 0 if is_ordered else _leading_surname(words)
    words = [*words[family:], *words[:family]]
    start = _last_name_start(words)
    return _checked(" ".join(words[:start]), " ".join(words[start:]))


def _leading_surname(words: list[str]) -> int:
    """Returns how many words at the beginning are the last name: DOE Jane, von der Leyen Ursula."""
    capitals = next((index for index, word in enumerate(words) if not word.isupper()), 0)
    if _is_surname_in_capitals("".join(words[:capitals])):
        return capitals
    particles = next((i for i, word in enumerate(words) if not _is_particle(word)), 0)
    is_marked = particles > 1 or (words[0].islower() and not " ".join(words).islower())
    return particles + 1 if particles and is_marked and len(words) > particles + 1 else 0


def _last_name_start(words: list[str]) -> int:
    """Returns the index of the first word of the last name."""
    for index, word in enumerate(words[1:-1], 1):
        if word.lower() in _CONJUNCTIONS:
            return max(1, index - 1)
        if word.lower() in _particles():
            return index
    capitals = next((n for n, word in enumerate(reversed(words)) if not word.isupper()), 0)
    if _is_surname_in_capitals("".join(words[len(words) - capitals :])):
        return len(words) - capitals  # Ana GARCÍA LÓPEZ
    return len(words) - (2 if len(words) > 3 else 1)  # noqa: PLR2004 - María José García López


def _split_cjk(words: list[str]) -> Name:
    """Returns a Chinese, Japanese or Korean name, whose family name comes first."""
    full = " ".join(words)
    if len(words) > 1:
        return Name(" ".join(words[1:]), words[0], full)
    if len(full) == 1:
        return Name(full=full, problem=_one_name(full))
    if len(full) > MAX_UNSPACED:
        return Name(full=full)
    has_double = len(full) > len(full[:2]) and full[:2] in word_list("double_surnames")
    is_long = len(full) >= TWO_FAMILY_CHARACTERS and not _HANGUL.fullmatch(full)
    family = 2 if has_double or is_long else 1
    return Name(full[family:], full[:family], full)


def _joined(given: str, family: str) -> Name:
    """Returns the name in two columns, each of which may hold all of it."""
    firsts, lasts = _words(given, kept=1), _words(family, kept=1)
    if not firsts or not lasts:
        return _split(family if lasts else given)
    one, other = [fold(word) for word in firsts], [fold(word) for word in lasts]
    if one[-len(other) :] == other:
        return _split(given)
    if other[: len(one)] == one:
        return _split(family)
    if given.endswith(",") or (
        _is_surname_in_capitals(given) and not _is_surname_in_capitals(family)
    ):
        firsts, lasts = lasts, firsts
    firsts = _without_initials([*firsts, ""])[:-1]
    lasts = _without_initials(["", *lasts])[1:]
    if len(firsts) > 1 and _is_initial(firsts[0]):
        firsts = firsts[1:]
    if all(_CJK.fullmatch(word) for word in (*firsts, *lasts)):
        first, last = " ".join(firsts), " ".join(lasts)
        return Name(first, last, f"{last}{first}", separate=True)
    return _checked(" ".join(firsts), " ".join(lasts))._replace(separate=True)


def _reordered(name: Name, whole: Name) -> Name:
    """Returns a name with its two parts in the order that the full name tells."""
    is_swapped = fold(f"{name.last} {name.first}") == fold(whole.full)
    return whole if is_swapped and not name.problem else name


def _is_surname_in_capitals(word: str) -> bool:
    return word.isupper() and sum(letter.isalpha() for letter in word) >= MIN_CAPITALS


def _checked(first: str, last: str, only: str = "") -> Name:
    """Returns a name in usual capitals, with its problem if it fits many people."""
    written = " ".join(filter(None, (first, last, only)))
    first, last, only = (_recased(part, written) for part in (first, last, only))
    full = " ".join(filter(None, (first, last, only)))
    if only:
        return Name(full=full, problem=_one_name(full))
    initial = next((part for part in (last, first) if _is_initial(part)), "")
    problem = (
        f"“{full}” has only an initial: add the whole name, or an email or LinkedIn URL."
        if initial
        else ""
    )
    return Name(first, last, full, problem)


def _one_name(full: str) -> str:
    return f"“{shown(full)}” is only one name: add the other, or an email or LinkedIn URL."


def _recased(part: str, full: str) -> str:
    """Returns a part of a name in usual capitals if it, or all, is in capitals or small letters."""
    is_shouted = full.isupper() or _is_surname_in_capitals(part)
    if not is_shouted and not full.islower():
        return part
    return " ".join(
        word.lower() if word.lower() in _particles() and " " in part else _capitalized(word)
        for word in part.split()
    )


def _capitalized(word: str) -> str:
    """Returns a word with capitals where its parts begin: O'Neil, Anne-Marie, McDonald."""
    lowered = word.replace("İ", "i").lower()  # by itself, İ becomes two characters
    return _PART_STARTS.sub(lambda m: word[m.start()].upper(), lowered)


# Comparing ----------------------------------------------------------------------------------------


def _is_latin(words: list[str]) -> bool:
    return all("a" <= letter <= "z" for word in words for letter in word if letter.isalpha())
