"""Which company a text names: its name without decoration and legal form, or its domain. Pure."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from cleanco.termdata import terms_by_country, terms_by_type

from dashboard.identity.domain import has_public_suffix, read_domain
from dashboard.identity.words import clean, fold, is_placeholder, link_target, shown, word_list

MAX_NAME = 300  # characters of a company's name
MAX_FORM_WORDS = 6  # of a legal form: GmbH & Co. KG
SHORT_FORM = 3  # letters of a form that is one only in capitals or with dots: Zen Spa has none

# What is added to a name: in brackets, after a bar, a semicolon, or a dash between blanks.
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}")
_ADDITION = re.compile(r"(?<!\s)\s+(?:[|•·~/]+|[-–—]+)\s.*|[|•;].*", re.DOTALL)
_FORMERLY = re.compile(
    r"(?<![\s,])[\s,]+(?:formerly|f/k/a|fka|vormals|anciennement|dba|d/b/a)\b.*", re.I
)
_OWNED = re.compile(r",\s+an?\s.{1,80}?\b(?:company|business|brand|subsidiary)\b.*", re.IGNORECASE)
# A record's number: of Salesforce, with several digits and one at the start or after an a, or hex.
_ID = re.compile(
    r"(?=(?:[a-z]*\d){3})(?:0[0-9a-z]|a[0-9])[0-9a-z]{13}(?:[0-9a-z]{3})?|\d{6,}|[0-9a-f-]{24,36}",
    re.IGNORECASE,
)
_EDGES = " ,;:.-–—&+|\"'“”„«»*"


class Company(NamedTuple):
    """A company as it is looked up, or the problem with what was written.

    ``name`` has neither decoration nor legal form. Both are empty if the text names none.
    """

    name: str = ""
    domain: str = ""
    problem: str = ""

    @property
    def as_input(self) -> dict[str, str]:
        """The name and the domain by field of ``CompanyDetails``, as far as they are known."""
        fields = {"name": self.name, "domain": self.domain}
        return {field: value for field, value in fields.items() if value}


def read_company(name: str, domain: str = "", email: str = "") -> Company:
    """Returns the company of a name, of a web or email address, and of an address at work.

    A domain in place of the name counts as one. Hosts of other companies' pages and mail providers
    are a problem, as are record numbers.
    """
    named = _read_name(name)
    sites = [read_domain(text) for text in (domain, email)]
    found = named.domain or next((site.domain for site in sites if site.domain), "")
    problems = (named.problem, *(site.problem for site in sites))
    problem = "" if named.name or found else next(filter(None, problems), "")
    return Company(named.name, found, problem)


def bare_name(text: str) -> str:
    """Returns a company's name without decoration and legal form: Acme of "ACME® GmbH & Co. KG"."""
    name = _FORMERLY.sub("", _ADDITION.sub("", _BRACKETS.sub(" ", clean(text))))
    name = _OWNED.sub("", name)
    words = name.strip(_EDGES).split() or clean(text).split()
    words = _without_form(_without_place(words))
    return " ".join(words).strip(_EDGES) or clean(text)


def same_company(one: str, other: str) -> bool:
    """Whether two names are of one company, however they are spelled."""
    return company_key(one) == company_key(other)


def company_key(name: str) -> str:
    """Returns what spellings of a company's name share, to compare it."""
    return fold(bare_name(name)).replace(" and ", " ").replace(" und ", " ").replace(" ", "")


def _read_name(text: str) -> Company:
    text = link_target(clean(text))
    if is_placeholder(text):
        return Company()
    if len(text) > MAX_NAME:
        return Company(problem=f"“{shown(text)}” is too long for a company's name.")
    if "linkedin.com/" in text.lower():
        return Company(problem="This is an address on LinkedIn, not a company's name.")
    site = _BRACKETS.sub(" ", text).strip()
    first, *others = site.split() or [""]
    is_address = "://" in first or has_public_suffix(first.rstrip(","))
    if is_address and not _without_form(["-", *others])[1:]:
        found = read_domain(first)
        return Company(domain=found.domain, problem=found.problem)
    if fold(text) in word_list("no_companies"):
        return Company(problem=f"“{shown(text)}” is not a company.")
    if _ID.fullmatch(text) and any(letter.isdigit() for letter in text):
        return Company(problem=f"“{shown(text)}” is a record's number, not a company's name.")
    return Company(bare_name(text))


@cache
def _legal_forms() -> frozenset[str]:
    """The legal forms of many countries, as ``_form_key`` compares them."""
    own = word_list("legal_forms")
    lists = (*terms_by_type.values(), *terms_by_country.values(), own)
    return frozenset(_form_key(form) for forms in lists for form in forms) - {""}


def _form_key(text: str) -> str:
    return re.sub(r"[^\w&]", "", _fold_form(text))


def _fold_form(text: str) -> str:
    return "&".join(fold(part).replace(" ", "") for part in text.split("&"))


def _without_place(words: list[str]) -> list[str]:
    """Returns the words up to a legal form with a comma: Acme GmbH of "Acme GmbH, Berlin"."""
    for end, word in enumerate(words, 1):
        if word.endswith(",") and len(_without_form(words[:end])) < end:
            return words[:end]
    return words


def _without_form(words: list[str]) -> list[str]:
    """Returns the words of a name without its legal form; at least one stays."""
    kept = list(words)
    while size := next(
        (
            n
            for n in range(min(MAX_FORM_WORDS, len(kept) - 1), 0, -1)
            if _is_form(kept[-n:], kept[-n - 1])
        ),
        0,
    ):
        del kept[-size:]
    if [word.lower() for word in kept] == ["the"]:
        return words  # The Company
    if len(words) > len(kept) > 1 and kept[0].lower() == "the":
        del kept[0]  # The Walt Disney Company, but not The Trade Desk
    while len(kept) > 1 and kept[0].lower().strip(".") in word_list("leading_forms"):
        del kept[0]
    return [_without_attached_form(word) for word in kept]


def _without_attached_form(word: str) -> str:
    """Returns a word without the legal forms that Chinese and Japanese write without a blank."""
    for form in sorted(word_list("attached_forms"), key=len, reverse=True):
        bare = word.removeprefix(form).removesuffix(form)
        if bare:
            word = bare
    return word


def _is_form(words: list[str], before: str) -> bool:
    text = " ".join(words).strip(" ,")
    if words[0] == "&" or (before in ("&", "+", "and", "und", "et") and "&" not in text):
        return False  # McKinsey & Company: the words belong to the name
    letters = re.sub(r"\W", "", text)
    is_written_as_form = (
        len(letters) > SHORT_FORM
        or "." in text.rstrip(".")
        or text.isupper()
        or not text.istitle()  # SpA, oHG
        or letters.lower() in word_list("any_case_forms")
    )
    return is_written_as_form and _form_key(text) in _legal_forms()
