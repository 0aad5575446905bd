"""Takes a secret out of foreign text, however the text spells it."""

from __future__ import annotations

import html
import re
import string
import sys
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

REPLACEMENT = "[key]"
FRAGMENT = 8  # letters and digits of a secret that are taken out; fewer could be any word
MAX_LENGTH = 100_000  # characters of a text; no answer has a longer one, and reading takes memory
ROUNDS = 4  # how often a text may be encoded over itself: a URL in JSON in HTML is three

_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
SPELLING_MARKS = ("%", "\\", "&")  # one of which each spelling has
# A character as URLs, HTML, JSON, Python and JavaScript write it. A spelling of a spelling, such as
# %2525 or &amp;#43;, is read in as many rounds.
_SPELLINGS = re.compile(
    r"%(?P<percent>[0-9a-f]{2})"
    r"|\\u\{(?P<braces>0*[0-9a-f]{1,6})\}"
    r"|\\u(?P<json>[0-9a-f]{4})"
    r"|\\x(?P<python>[0-9a-f]{2})"
    r"|&(?P<entity>\#x0{0,9}[0-9a-f]{1,6}|\#0{0,9}[0-9]{1,7}|[a-z]{2,8});"
    r"|\\(?P<escaped>[^a-z0-9])",
    re.IGNORECASE | re.ASCII | re.DOTALL,
)


class _Character(NamedTuple):
    """A character that a text means, and where the text spells it."""

    text: str
    start: int
    end: int


class Redaction:
    """Replaces secrets in text, whole or in part, by ``[key]``.

    Taken out is each run of ``FRAGMENT`` letters and digits that a secret has in this order,
    in any case and whatever else stands between them: so a secret that is spelled otherwise,
    wrapped, cut in pieces or split over several values does not show. A shorter secret is taken out
    as a whole.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = [secret for secret in secrets if secret]
        # A secret can look like a spelling itself, and is then read otherwise in the text.
        readings = [reading for secret in self._secrets for reading in (secret, _meaning(secret))]
        self._runs = {run for reading in readings for run in _runs(_letters(reading))}
        self._lengths = sorted({len(run) for run in self._runs}, reverse=True)

    def __call__(self, value: Any) -> Any:
        """Returns ``value``, text or JSON, without the secrets; names in objects included."""
        if isinstance(value, list):
            return [self(item) for item in value]
        if isinstance(value, dict):
            return {self(name): self(item) for name, item in value.items()}
        return self._text(value) if isinstance(value, str) else value

    def _text(self, text: str) -> str:
        text = text[:MAX_LENGTH]
        for secret in self._secrets:
            text = text.replace(secret, REPLACEMENT)
        if not any(mark in text for mark in SPELLING_MARKS):
            letters = _letters(text)
            if not any(run in letters for run in self._runs):
                return text
        result, position = [], 0
        for start, end in self._spans(_read(text)):
            result += [text[position:start], REPLACEMENT]
            position = end
        return "".join([*result, text[position:]])

    def _spans(self, characters: list[_Character]) -> Iterator[tuple[int, int]]:
        """Yields where the text spells a part of a secret; no two of these places overlap."""
        shown = [character for character in characters if character.text.isalnum()]
        letters = _letters("".join(character.text for character in shown))
        start = end = 0
        for index in range(len(letters)):
            for length in self._lengths:
                run = letters[index : index + length]
                if run in self._runs:
                    if shown[index].start > end:
                        if end:
                            yield start, end
                        start = shown[index].start
                    end = max(end, shown[index + len(run) - 1].end)
                    break
        if end:
            yield start, end


def _runs(letters: str) -> set[str]:
    """Returns all runs of ``FRAGMENT`` letters; a shorter text is one."""
    last = max(0, len(letters) - FRAGMENT)
    return {letters[start : start + FRAGMENT] for start in range(last + 1) if letters}


def _letters(text: str) -> str:
    """Returns the letters and digits of a text, in lower case as far as that is one letter each."""
    return "".join(character for character in text if character.isalnum()).translate(_LOWER)


def _read(text: str) -> list[_Character]:
    """Returns the characters that a text means, in all its spellings."""
    characters = [_Character(letter, index, index + 1) for index, letter in enumerate(text)]
    for _ in range(ROUNDS):
        read = _read_once(characters)
        if len(read) == len(characters):
            break
        characters = read
    return characters


def _meaning(text: str) -> str:
    return "".join(character.text for character in _read(text))


def _read_once(characters: list[_Character]) -> list[_Character]:
    text = "".join(character.text for character in characters)
    read: list[_Character] = []
    position = 0
    for match in _SPELLINGS.finditer(text):
        character = _spelled(match)
        if character is not None:
            read += characters[position : match.start()]
            first, last = characters[match.start()], characters[match.end() - 1]
            read.append(_Character(character, first.start, last.end))
            position = match.end()
    return [*read, *characters[position:]]


def _spelled(match: re.Match[str]) -> str | None:
    """Returns the character that a spelling stands for; None if it stands for none."""
    spelling = match[match.lastgroup or 0]
    if match.lastgroup == "escaped":
        return spelling
    if match.lastgroup == "entity":
        meaning = html.unescape(f"&{spelling};")
        return meaning if len(meaning) == 1 else None
    number = int(spelling, 16)
    return chr(number) if number <= sys.maxunicode else None
