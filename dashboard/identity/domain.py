"""Which company's domain a web or email address has. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from dashboard.identity.words import clean, is_placeholder, link_target, shown, table

if TYPE_CHECKING:
    from tldextract import TLDExtract

EXAMPLE = "acme.com"
MAIL = "mail"  # the kind of a mail provider's host

# Two labels or more, the last of which starts with a letter, so that it is no IP address or number.
_DOMAIN = re.compile(r"(?:[\w-]{1,63}\.){1,9}[^\W\d_][\w-]{1,62}")
_SCHEME = re.compile(r"(?:https?(?=//)|[a-z][a-z+]{1,9}:(?=[^\d])|(?=//))/{0,3}", re.IGNORECASE)
_INNER_ADDRESS = re.compile(
    r"(?=(?:https?:/{1,2}|/web/\d{1,14}[a-z_]{0,3}/)([^\s?#&]{1,260}))", re.IGNORECASE
)
# What a host of ``data/known_hosts.txt`` is, by its kind there. Those of the kinds in ``_OWN`` are
# the site of a company as well: github.com is GitHub's, github.com/acme is not.
_OWN = ("directory", "site", "search")
_KINDS = {
    MAIL: "a mail provider",
    "social": "a social network",
    "directory": "a directory of companies",
    "search": "a search engine",
    "archive": "a web archive",
    "site": "a host of other people's pages",
    "short": "a link shortener",
}


class Domain(NamedTuple):
    """A company's domain, or the problem with what was written; both empty if it is nothing."""

    domain: str
    problem: str = ""


def read_domain(text: str) -> Domain:
    """Returns the company's domain of a web or email address: acme.com of https://www.acme.com/x.

    The hosts of mail providers, social networks, directories and the like are a problem; an address
    within theirs, as web archives have it, counts.
    """
    if is_placeholder(text):
        return Domain("")
    problem = ""
    for host, has_path in _hosts(text):
        kind = _host_kind(host)
        is_own = kind in _OWN and not has_path and host == registered(host)
        if not kind or (is_own and host in table("known_hosts")):
            return Domain(registered(host))
        problem = problem or f"{host} is {_KINDS[kind]}, not a company's own site."
    return Domain("", problem or f"“{shown(text)}” is not a domain, such as {EXAMPLE}.")


def has_public_suffix(text: str) -> bool:
    """Whether a text is a web or email address: "Booking.com", but not "Node.js"."""
    host, _ = _split(text)
    return bool(_DOMAIN.fullmatch(host) and _public_suffixes().extract_str(host).suffix)


@cache
def _public_suffixes() -> TLDExtract:
    """The list in the package: nothing is downloaded. example is the domain of documentation."""
    from tldextract import TLDExtract  # slow to import, and seldom needed

    return TLDExtract(
        cache_dir=None,
        suffix_list_urls=(),
        include_psl_private_domains=True,
        extra_suffixes=("example",),
    )


def _host_kind(host: str) -> str:
    """Returns the kind of a known host that is no company's own site; empty for any other."""
    known = table("known_hosts")
    labels = host.split(".")
    names = [".".join(labels[start:]) for start in range(len(labels) - 1)]
    parts = _public_suffixes().extract_str(host)
    # blogspot.com is itself an ending below which anyone may have a host.
    any_ending = (f"{parts.domain}.*", f"{parts.suffix.partition('.')[0]}.*")
    return next((known[name] for name in (*names, *any_ending) if name in known), "")


def is_mail_provider(address: str) -> bool:
    """Whether an email address is at a provider's domain, where anyone may have one."""
    return _host_kind(address.rpartition("@")[2].lower()) == MAIL


def registered(host: str) -> str:
    """Returns the domain that was registered: acme.co.uk of shop.acme.co.uk.

    It is in the letters that people read: müller.de of xn--mller-kva.de.
    """
    if "xn--" in host and _DOMAIN.fullmatch(host):
        with suppress(UnicodeError):
            host = host.encode("ascii").decode("idna")
    return _public_suffixes().extract_str(host).top_domain_under_public_suffix or host


def _hosts(text: str) -> Iterator[tuple[str, bool]]:
    """Yields the host of an address, then those of addresses in it, and whether a path follows."""
    address = unquote(link_target(clean(text)))
    for part in (address, *_INNER_ADDRESS.findall(address)):
        host, has_path = _split(part)
        if _DOMAIN.fullmatch(host):
            yield host, has_path


def _split(address: str) -> tuple[str, bool]:
    written = address.strip(" .,;<>()[]\"'")
    scheme = _SCHEME.match(written)
    bare = written[scheme.end() if scheme else 0 :].lower()
    host, *rest = re.split(r"[/?#\s\\,;|]", bare, maxsplit=1)
    domain = host.rpartition("@")[2].partition(":")[0].removeprefix("www.").strip(".")
    return domain, bool(rest and rest[0])
