"""Whether two words of names are one: nicknames, and how one sound is spelled. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache

from dashboard.identity.words import word_list

MIN_SPELLED = 4  # letters of a name that may be spelled otherwise

_DOUBLE_CONSONANT = re.compile(r"([^\W\daeiou])\1")

# In the order in which they are replaced: how one sound is written.
_SPELLINGS = (
    ("ae", "a"), ("oe", "o"), ("ue", "u"), ("ph", "f"), ("th", "t"), ("dt", "t"), ("ck", "k"),
    ("c", "k"), ("y", "i"), ("tz", "z"),
)  # fmt: skip


def word_agrees(word: str, other: str) -> bool:
    """Whether two words of names are one: the same, one's initial, a nickname or a spelling."""
    shortest = min(len(word), len(other))
    if shortest == 1:
        return word[0] == other[0]
    if shortest < MIN_SPELLED:  # Ana is Anna, Lee is not Le
        single, other_single = (_DOUBLE_CONSONANT.sub(r"\1", one) for one in (word, other))
        return single == other_single or _is_nickname(word, other)
    return _spelling(word) == _spelling(other) or _is_nickname(word, other)


@cache
def _nickname_groups() -> dict[str, set[str]]:
    """The groups that a first name belongs to, by name."""
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for group in word_list("nicknames"):
        for name in group.split():
            groups[name].add(group)
    return dict(groups)


def _is_nickname(word: str, other: str) -> bool:
    groups = _nickname_groups()
    return not groups.get(word, set()).isdisjoint(groups.get(other, set()))


def _spelling(word: str) -> str:
    """Returns what spellings of a name share: Mueller and Müller, Meyer and Meier, Viktor."""
    for written, spoken in _SPELLINGS:
        word = word.replace(written, spoken)
    return re.sub(r"(.)\1", r"\1", word)
