"""Whether the person that came back is the one whom a row names. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from dashboard.identity.company import same_company
from dashboard.identity.domain import registered
from dashboard.identity.names import names_agree, read_name
from dashboard.identity.person import Person
from dashboard.tables.api_json import Json, number_at, rows_at, text_at

EXACT = "exact"
IDENTIFIERS = ("id", "linkedinUrl", "email", "hashedEmail")  # each of which is one person's


def match_of(asked: Person, input: Json, answer: Json) -> str:
    """Returns ``exact``, or ``check: …`` with the reasons for doubt.

    Args:
        asked: Whom the row names.
        input: The ``SearchPeopleInput`` that found somebody.
        answer: The person found, with ``totalResults`` if the input fits several.
    """
    reasons = list(_doubts(asked, input, answer))
    return f"check: {', '.join(reasons)}" if reasons else EXACT


def _doubts(asked: Person, input: Json, answer: Json) -> Iterator[str]:
    found = read_name(text_at(answer, "name.fullName") or "")
    if not names_agree(asked.name, found):
        yield f"another name, {found.full}"
    companies = [row.get("companyInfo") or {} for row in rows_at(answer, "currentPositions")]
    if companies and not any(_is_at(asked, company) for company in companies):
        yield f"another company, {text_at(companies[0], 'name') or 'not named'}"
    total = number_at(answer, "totalResults") or 0
    if total > 1 and input.keys().isdisjoint(IDENTIFIERS):
        yield f"{total:,.0f} people match"


def _is_at(asked: Person, company: Json) -> bool:
    """Whether a company is the one that the row names, as far as it names one."""
    name, domain = text_at(company, "name") or "", text_at(company, "domain") or ""
    named, site = asked.company.name, asked.company.domain
    if not named and not site:
        return True
    return bool(
        (named and name and same_company(named, name))
        or (site and domain and registered(domain.lower()) == site)
    )
