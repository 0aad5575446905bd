"""Which addresses a text has, and whether they are a person's. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple
from urllib.parse import unquote

from dashboard.identity.domain import is_mail_provider
from dashboard.identity.words import clean, is_placeholder, link_target, shown, word_list

EXAMPLE = "jane@company.com"
MAX_ADDRESSES = 10  # of one cell that are read: each is looked up until one is found
MAX_REGION_LETTERS = 4  # of sales-us@ and info.emea@
MAX_REPEATED_LETTERS = 3  # of na@na.com: longer names can be a person's own domain

_ENDS = r"\s,;:|/<>()\[\]{}\"“”„«»"  # what stands between addresses or around them
_ADDRESS = re.compile(rf"[^{_ENDS}@]{{1,200}}@[^{_ENDS}@?]{{1,260}}")
_AT = re.compile(r" ?[\[({<] ?at ?[\])}>] ?", re.IGNORECASE)
_DOT = re.compile(r" ?[\[({<] ?dot ?[\])}>] ?", re.IGNORECASE)
_HIDDEN = re.compile(r"[*•]")  # in place of letters that a program shows against payment
_QUOTES = "'’‘`´"


class Emails(NamedTuple):
    """The addresses of one person in a text, and the problems with what else is there.

    ``work`` are at a company's domain, ``personal`` at a mail provider's. Both are in the order of
    the text, in lower case and each once.
    """

    work: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def best(self) -> str:
        """The first address at work, or else the first other one; empty if there is none."""
        return next(iter((*self.work, *self.personal)), "")


def read_emails(text: str) -> Emails:
    """Returns the addresses in a cell or box: "Jane <jane@acme.com>; jane@gmail.com".

    Shared mailboxes and made-up addresses are problems: they identify no one.
    """
    if is_placeholder(text):
        return Emails()
    addresses, problems = [], []
    for candidate in islice(_candidates(_unwrapped(text)), MAX_ADDRESSES):
        address, problem = _read_address(candidate)
        if problem:
            problems.append(problem)
        else:
            addresses.append(address)
    if not (addresses or problems):
        problems.append(f"“{shown(text)}” is not a full email address, such as {EXAMPLE}.")
    personal = [address for address in addresses if is_mail_provider(address)]
    work = [address for address in addresses if address not in personal]
    return Emails(
        tuple(dict.fromkeys(work)), tuple(dict.fromkeys(personal)), tuple(dict.fromkeys(problems))
    )


def address_in(text: str) -> str:
    """Returns the one address in a text, shared or not; empty for none or several."""
    candidates = [*_candidates(_unwrapped(text))]
    return _whole_address(candidates[0]) if len(candidates) == 1 else ""


def first_address(text: str) -> str:
    """Returns the first address in a text, shared or not; empty if there is none."""
    return next(filter(None, map(_whole_address, _candidates(_unwrapped(text)))), "")


def is_hidden(text: str) -> bool:
    """Whether a program shows stars in place of letters of an address; around it, they are bold."""
    bare = text.strip("* ")
    return "@" in bare and (bare.startswith("@") or _HIDDEN.search(bare) is not None)


def _unwrapped(text: str) -> str:
    """Returns the text in a link or an encoding, with @ and dots in place of their words."""
    return _DOT.sub(".", _AT.sub("@", unquote(link_target(clean(text)))))


def _candidates(text: str) -> Iterator[str]:
    """Yields what looks like an address, with a word before it if a blank may be a typing error."""
    end = 0
    for match in _ADDRESS.finditer(text):
        before = text[end : match.start()]
        words = before.split()
        is_part = (
            len(words) == 1
            and before[-1].isspace()
            and words[0][-1].isalnum()
            and words[0].lower() not in word_list("address_labels")
        )
        yield f"{words[0]} {match[0]}" if is_part else match[0]
        end = match.end()


def _whole_address(candidate: str) -> str:
    """Returns an address in lower case; empty if the text is no address as a whole."""
    from email_validator import EmailNotValidError, validate_email  # slow to import

    text = candidate.strip(_QUOTES).rstrip(".!-_*").lstrip("*-")
    try:
        return validate_email(text, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        return ""


def _read_address(candidate: str) -> tuple[str, str]:
    """Returns an address, and its problem."""
    address = _whole_address(candidate)
    if is_hidden(candidate):
        return "", f"“{shown(candidate)}” is hidden in part: it identifies no one."
    if not address:
        return "", f"“{shown(candidate)}” is not a full email address, such as {EXAMPLE}."
    local, _, domain = address.rpartition("@")
    if _is_made_up(local, domain):
        return "", f"“{shown(address)}” is a placeholder: it identifies no one."
    if _is_shared(local):
        return "", f"“{shown(address)}” is a shared mailbox: it identifies no one."
    return address, ""


def _is_made_up(local: str, domain: str) -> bool:
    if local in word_list("made_up_mailboxes") or domain in word_list("made_up_hosts"):
        return True
    is_repeated = local == domain.partition(".")[0]
    return is_repeated and (len(local) <= MAX_REPEATED_LETTERS or not local.isalpha())


def _is_shared(local: str) -> bool:
    """Whether a mailbox is that of a role: info@, sales-us@, Support2@."""
    roles = word_list("role_mailboxes")
    if local.partition("+")[0] in roles:
        return True
    first, *others = [part for part in re.split(r"[\d._+-]+", local) if part] or [""]
    return first in roles and all(
        part in roles or len(part) <= MAX_REGION_LETTERS for part in others
    )
