"""Whose LinkedIn profile a text names. Pure.

An address is copied from a browser, an app, a mail, a spreadsheet formula or Sales Navigator, and
one person has one canonical form: https://www.linkedin.com/in/jane-doe. A member's token of Sales
Navigator stands in place of the name, and its capitals count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

from dashboard.identity.words import clean, is_placeholder, link_target, shown, word_list

EXAMPLE = "https://www.linkedin.com/in/jane-doe"
NOT_A_PERSON = f"not that of a person, such as {EXAMPLE}"
ENCODINGS = 3  # times that an address may be percent-encoded
OLD_NUMBERS = (2, 3, 3)  # digits of /pub/jane-doe/5/b87/a12 in the address that LinkedIn made of it

_ADDRESS = re.compile(
    r"(?<![\w.@-])(?:linkedin://|(?:[\w-]{1,30}\.){0,3}linkedin\.(?:com|cn)(?::\d{1,5})?(?:/|$))"
    r"(?P<path>[^\s?&#,;|<>()\[\]{}\"“”*]{0,500}(?:(?<=[^/])\s(?-i:[a-z\d-]{1,200})/?$)?)"
    r"(?:[?&#]\S{0,500}?\bid=(?P<id>[\w-]{1,200}))?",
    re.IGNORECASE,
)
_SHORT_LINK = re.compile(r"(?<![\w.-])lnkd\.in(?:/|$)", re.IGNORECASE)
# Where a page of one person may be below: mail links, mobile and Chinese pages, languages.
_PREFIXES = frozenset({"comm", "mwlite", "m", "mobile", "touch", "incareer", "wukong-web"})
_TOKEN = re.compile(r"A[A-Z][A-Za-z]A[\w-]{6,}")  # ACwAAA…, ACoAAA…, AEMAA…
_BARE_NAME = re.compile(r"@?(?:/?in/)?(?P<name>[^\W_][\w-]{2,99})/?", re.IGNORECASE)
_OLD_NUMBER = re.compile(r"[0-9a-f]{1,3}", re.IGNORECASE)
# What word processors and mails write in place of a hyphen.
_HYPHENS = {ord(sign): "-" for sign in "\u2010\u2011\u2012\u2013\u2014\u2212"}
_COMPANY_PAGES = ("company", "school", "showcase", "organization")
_PAGES = {
    "company": "a company's page",
    "school": "a school's page",
    "showcase": "a company's page",
    "organization": "a company's page",
    "feed": "a feed",
    "posts": "a post",
    "pulse": "an article",
    "jobs": "a job",
    "groups": "a group's page",
    "events": "an event",
    "search": "a search",
}


class Profile(NamedTuple):
    """A person's profile: its canonical address, or the problem with what was written.

    Both are empty if the text names nothing. ``url`` is what is sent and compared.
    """

    url: str
    problem: str = ""


def read_linkedin(text: str) -> Profile:
    """Returns the first profile in a cell or box of LinkedIn addresses.

    Text without an address is the name of a profile: jane-doe.
    """
    if is_placeholder(text):
        return Profile("")
    problems = []
    decoded = _decode(text)
    for path, member in _addresses(decoded):
        profile = _profile(path, member)
        if profile.url:
            return profile
        problems.append(profile.problem)
    if problems:
        return Profile("", problems[0])
    if _SHORT_LINK.search(decoded):
        return Profile("", "This is a short link: open it and copy the address that it leads to.")
    return _bare_profile(decoded)


def has_profile(text: str) -> bool:
    """Whether text has the address of a person's profile; a bare name does not count."""
    return any(_profile(path, member).url for path, member in _addresses(_decode(text)))


def company_page(text: str) -> str:
    """Returns the canonical address of the first company's page in text, or nothing."""
    for path, _ in _addresses(_decode(text)):
        segments = _segments(path)
        sales = segments[:1] == ["sales"]
        match segments[1:] if sales else segments:
            case [kind, name, *_] if kind.lower() in _COMPANY_PAGES:
                kind = "company" if sales else kind.lower()
                return f"https://www.linkedin.com/{kind}/{name.lower()}"
    return ""


def _decode(text: str) -> str:
    decoded = link_target(clean(text)).replace("\\", "/")
    for _ in range(ENCODINGS):
        if "%" not in decoded:
            break
        decoded = unquote(decoded)
    return clean(decoded).translate(_HYPHENS)


def _addresses(decoded: str) -> Iterator[tuple[str, str]]:
    """Yields path and member id of each LinkedIn address; those within another's query as well."""
    start = 0
    while match := _ADDRESS.search(decoded, start):
        yield match["path"], match["id"] or ""
        start = match.end("path")


def _segments(path: str) -> list[str]:
    segments = [segment for segment in path.split("/") if segment]
    # A program may have put its linkedin.com/in/ before a whole address.
    hosts = [i for i, segment in enumerate(segments) if segment.lower().endswith("linkedin.com")]
    segments = segments[hosts[-1] + 1 if hosts else 0 :]
    while [segment.lower() for segment in segments[:2]] == ["in", "in"]:
        del segments[0]
    return segments[1:] if segments and segments[0].lower() in _PREFIXES else segments


def _profile(path: str, member: str) -> Profile:
    segments = _segments(path)
    kinds = 2 if segments and segments[0].lower() in ("sales", "talent") else 1
    match [*map(str.lower, segments[:kinds]), *segments[kinds:]]:
        case ["in", name, *_] | ["profile", "in", name, *_]:
            return _named(name)
        case ["pub", "dir", *_]:
            return _no_profile("a list of people of one name")
        case ["pub", name, *numbers]:
            return _named(f"{name}{_old_numbers(numbers)}")
        case (
            ["sales", "lead" | "people" | "profile", name, *_]
            | ["talent", "profile", name, *_]
            | ["talent", "search", "profile", name, *_]
            | ["talent", "hire", _, "manage", _, "profile", name, *_]
        ):
            return _member(name)
        case ["profile", "view"]:
            return _member(member)
        case ["profile", name, *_]:
            return _named(name)
        case ["sales", "company", *_]:
            return _no_profile(_PAGES["company"])
        case [page, *_] if page in _PAGES:
            return _no_profile(_PAGES[page])
    return Profile("", f"This LinkedIn address is {NOT_A_PERSON}.")


def _no_profile(page: str) -> Profile:
    return Profile("", f"This LinkedIn address is that of {page}, {NOT_A_PERSON}.")


def is_member_token(profile: str) -> bool:
    """Whether a canonical address has a member's token in place of the profile's name."""
    return _TOKEN.fullmatch(profile.rpartition("/")[2]) is not None


def _named(name: str) -> Profile:
    if " " in name:  # cut at the blank, it would be somebody else's
        return Profile(
            "", f"“{shown(name)}” contains a space. Copy the address from LinkedIn again."
        )
    if name.endswith(".."):  # an ellipsis: what is left would be somebody else's
        return Profile("", f"“{shown(name)}” is cut off. Copy the address from LinkedIn again.")
    name = name.rstrip(".:!'’`")
    if not _TOKEN.fullmatch(name):
        name = name.lower()
    if not name or name in word_list("no_slugs"):
        return Profile("", "LinkedIn shows no profile at this address.")
    return Profile(f"https://www.linkedin.com/in/{name}")


def _member(token: str) -> Profile:
    if not token or token.isdigit():
        return Profile("", "Open this profile in LinkedIn and copy the address that begins with "
                           "linkedin.com/in/.")  # fmt: skip
    return _named(token)


def _old_numbers(numbers: list[str]) -> str:
    """Returns what LinkedIn appended to the name of /pub/jane-doe/5/b87/a12: -a12b8705."""
    numbers = numbers[: len(OLD_NUMBERS)]
    if len(numbers) < len(OLD_NUMBERS) or not all(map(_OLD_NUMBER.fullmatch, numbers)):
        return ""
    padded = [text.zfill(width) for text, width in zip(numbers, OLD_NUMBERS, strict=True)]
    return "-" + "".join(reversed(padded)).lower()


def _bare_profile(decoded: str) -> Profile:
    match = _BARE_NAME.fullmatch(decoded)
    is_status = decoded.lower() in word_list("connection_words")
    if match is None or match["name"].isdigit() or is_status:
        return Profile("", f"“{shown(decoded)}” is not a LinkedIn profile, such as {EXAMPLE}.")
    return _named(match["name"])
