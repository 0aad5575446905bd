"""Which columns of a table hold what: by their names, and by their cells. Pure.

A field can have several columns, the most reliable first: they complement each other, row by row.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dashboard.identity.email import address_in
from dashboard.identity.linkedin import has_profile, is_member_token, read_linkedin
from dashboard.identity.names import is_salutation
from dashboard.identity.words import fold
from dashboard.tables.cells import CHECK, as_written
from dashboard.tables.column_probe import MAX_NAME, ColumnProbe, Found
from dashboard.tables.export import PREFIX
from dashboard.tables.file_rows import NO_LINKS
from dashboard.tables.header import ends_like_company, is_data
from dashboard.tables.header_names import FULL_OR_LAST, GIVEN_OR_FULL
from dashboard.tables.spreadsheet import Table

COMPANY_FORMS = (
    0.3  # the share of cells that end in Inc, GmbH and the like in a column of companies
)
MAX_NAME_WORDS = 5
MIN_COMPARED = 3  # rows in which whose an address is can be told
MIN_TOKEN = 2  # letters of a name that are looked for in an address

# What identifies a person, with the labels of the preview; the order is that of reliability.
PERSON_FIELDS: dict[str, str] = {
    "id": "LeadIQ id",
    "linkedinUrl": "LinkedIn URL",
    "email": "Email",
    "personalEmail": "Personal email",
    "hashedEmail": "Email, hashed",
    "firstName": "First name",
    "lastNamePrefix": "Last name prefix",
    "lastName": "Last name",
    "fullName": "Full name",
    "company.name": "Company",
    "company.domain": "Company domain",
    "phone": "Phone",
}
# What else becomes part of a prospect.
PROSPECT_FIELDS: dict[str, str] = {
    "title": "Title",
    "emailStatus": "Email status",
    "seniority": "Seniority",
    "function": "Function",
    "company.id": "LeadIQ company id",
    "company.industry": "Industry",
    "location.city": "City",
    "location.state": "State",
    "location.country": "Country",
    "notes": "Notes",
}

# Of a job's results that are read again: the column that says how sure a match is, and all columns
# of what was found. In a row with a doubtful match, they do not say whom the row names.
MATCH, FOUND = "match", "found"

_COMPANY_ID = re.compile(r"\s*MergedCompany-\S+\s*")
_PERSON_ID = re.compile(r"\s*PersonID-\S+\s*")
_SHA_256 = re.compile(r"\s*[0-9a-f]{64}\s*", re.IGNORECASE)
# An id of a CRM: no spaces, and either only digits or long with digits in it.
_RECORD_ID = re.compile(r"\s*(?:\d+|(?=[0-9a-z-]*\d)[0-9a-z-]{15,40})\s*", re.IGNORECASE)
# A profile under the name that its owner chose, instead of a member's token or Sales Navigator's.
_PUBLIC_PROFILE = re.compile(
    r"linkedin\.(?:com|cn)/{1,2}(?:in|pub)/{1,2}(?!AC[ow]AA)", re.IGNORECASE
)
_NO_WORD = re.compile(r"[/.-]")  # in an address or a profile's name
_EMAIL = re.compile(r"[^\s@]@[^\s@.]+\.[^\s@]")
_NAME = re.compile(r"[^\W\d_][^\d@:/|<>=]*")


@dataclass(frozen=True)
class Columns:
    """The columns of each field, the most reliable first; fields without one are left out.

    ``inferred`` are the fields whose columns were recognised by their cells alone.
    """

    by_field: Mapping[str, tuple[int, ...]]
    inferred: frozenset[str] = frozenset()


def find_columns(table: Table) -> Columns:
    """Returns the columns of each field of ``PERSON_FIELDS`` and ``PROSPECT_FIELDS``."""
    probe = ColumnProbe(table)
    results = _result_columns(probe)
    probe.leave_out(results.get(FOUND, ()))
    found = probe.named()
    _use_identifiers(found, probe)
    _tell_names_apart(found, probe)
    _use_companies(found, probe)
    _use_roles(found, probe)
    inferred = _infer_identifiers(found, probe)
    if not any(found[field] for field in ("id", "linkedinUrl", "firstName", "fullName")):
        inferred |= _infer_names(found, probe)
    _use_emails(found, probe)
    _use_own(found, probe)
    by_field = {
        field: indexes
        for field in (*PERSON_FIELDS, *PROSPECT_FIELDS, MATCH, FOUND)
        if (indexes := (*results.get(field, ()), *found[field]))
    }
    return Columns(by_field, frozenset(inferred & by_field.keys()))


def with_chosen(columns: Columns, chosen: Mapping[str, Sequence[int]]) -> Columns:
    """Returns the columns with those that the user chose for a field; these hold no other field."""
    taken = {index for indexes in chosen.values() for index in indexes}
    by_field = {
        field: tuple(index for index in indexes if index not in taken)
        for field, indexes in columns.by_field.items()
    } | {field: tuple(indexes) for field, indexes in chosen.items()}
    return Columns(
        {field: indexes for field, indexes in by_field.items() if indexes},
        columns.inferred - chosen.keys(),
    )


def _result_columns(probe: ColumnProbe) -> Mapping[str, Sequence[int]]:
    """Returns the columns that a job added to the file, by field; none if it has no matches."""
    added = {index: probe.title(index).strip().lower() for index in probe.indexes}
    added = {index: name for index, name in added.items() if name.startswith(PREFIX)}
    columns: Found = defaultdict(list, {FOUND: list(added)})
    for index, name in added.items():
        field = MATCH if name == f"{PREFIX}{MATCH}" else probe.names[index].field
        columns[field].append(index)
    return columns if columns[MATCH] else {}


# By name and cells -------------------------------------------------------------------------------


def _use_identifiers(found: Found, probe: ColumnProbe) -> None:
    """Keeps identifiers whose cells are such, and adds those whose names do not say it."""
    found["id"] = _with_unnamed(found, probe, "id", _PERSON_ID.fullmatch)
    found["id"] = [index for index in found["id"] if probe.share(index, _PERSON_ID.fullmatch)]
    profiles = _with_unnamed(found, probe, "linkedinUrl", has_profile)
    # A column of few words that repeat says how people are connected: Anna's contact, Open.
    profiles = [i for i in profiles if probe.share(i, _NO_WORD.search) or probe.are_distinct(i)]
    found["linkedinUrl"] = sorted(  # stable: the most reliable name comes first
        profiles, key=lambda index: -round(probe.share(index, _PUBLIC_PROFILE.search), 1)
    )
    hashed = [i for i in found["email"] if probe.mostly(i, _SHA_256.fullmatch)]
    found["hashedEmail"] += hashed
    found["email"] = [index for index in found["email"] if index not in hashed]


def _with_unnamed(
    found: Found, probe: ColumnProbe, field: str, is_match: Callable[[str], object]
) -> list[int]:
    """Returns the columns of a field by name and by cells; what is added, no other field keeps."""
    added = [
        index
        for index in probe.indexes
        if index not in found[field]
        and not probe.names[index].is_of_somebody_else
        and probe.mostly(index, is_match)
    ]
    for indexes in found.values():
        indexes[:] = [index for index in indexes if index not in added]
    return [*found[field], *added]


def _tell_names_apart(found: Found, probe: ColumnProbe) -> None:
    """Decides what columns such as Nombre and Name hold, by the columns beside them."""
    given, names = found.pop(GIVEN_OR_FULL, []), found.pop(FULL_OR_LAST, [])
    found["fullName"] = [i for i in found["fullName"] if not probe.mostly(i, _is_no_name)]
    found["firstName" if found["lastName"] else "fullName"] += given
    if found["firstName"] and not found["lastName"]:
        found["lastName"] += names
        names = []
    if _is_account_name(found, probe, names):
        found["company.name"] += names
        names = []
    found["fullName"] += [index for index in names if not probe.mostly(index, _is_no_name)]
    parts = [*found["firstName"][:1], *found["lastName"][:1]]
    if found["firstName"] and found["lastName"]:
        found["fullName"] = [
            index for index in found["fullName"] if probe.agree([index], parts, _share_word) > 1 / 2
        ]


def _is_no_name(cell: str) -> bool:
    return is_data(cell) or not any(letter.isalpha() for letter in cell)


def _is_account_name(found: Found, probe: ColumnProbe, names: Sequence[int]) -> bool:
    """Whether a column called "Name" holds companies: others name the person, none the company."""
    if found["company.name"] or not names:
        return False
    own = found["fullName"] or [*found["firstName"][:1], *found["lastName"][:1]]
    is_named_elsewhere = found["fullName"] or (found["firstName"] and found["lastName"])
    return bool(is_named_elsewhere) and probe.agree(names[:1], own, _share_word) <= 1 / 2


def _share_word(one: str, other: str) -> bool:
    return not set(_words(one)).isdisjoint(_words(other))


def _use_companies(found: Found, probe: ColumnProbe) -> None:
    """Leaves out columns of companies that hold other ids, or pages of LinkedIn."""
    found["company.id"] = [
        index for index in found["company.id"] if probe.mostly(index, _COMPANY_ID.fullmatch)
    ]
    found["company.name"] = [
        index for index in found["company.name"] if not probe.mostly(index, _RECORD_ID.fullmatch)
    ]
    found["company.domain"] = [
        index
        for index in found["company.domain"]
        if not probe.mostly(index, lambda cell: "linkedin.com/" in cell.lower())
    ]


def _use_roles(found: Found, probe: ColumnProbe) -> None:
    """Leaves out titles that are no jobs, as in Outlook: Mr. and Dr.

    A role beside a title is the function, as in our own exports.
    """
    found["title"] = [i for i in found["title"] if not probe.mostly(i, is_salutation)]
    roles = [i for i in found["title"][1:] if _words(probe.title(i)) == ["role"]]
    if not found["function"]:
        found["function"] = roles
        found["title"] = [index for index in found["title"] if index not in roles]


def _use_emails(found: Found, probe: ColumnProbe) -> None:
    """Leaves out columns called "Email" whose cells are none, if another has some."""
    holding = [index for index in found["email"] if probe.share(index, lambda cell: "@" in cell)]
    if holding:
        found["email"] = holding


def _use_own(found: Found, probe: ColumnProbe) -> None:
    """Leaves out further columns of addresses and profiles that are those of other people.

    Such as those of the second of two contacts in a row, whose names are those of the first.
    """
    names = _name_columns(found)
    for field, fits in (("email", _resembles), ("linkedinUrl", _is_profile_of)):
        found[field][1:] = [
            index
            for index in found[field][1:]
            if probe.compared([index], names) < MIN_COMPARED
            or probe.agree([index], names, fits) > 1 / 2
        ]


def _is_profile_of(profile: str, name: str) -> bool:
    url = read_linkedin(profile).url
    return not url or is_member_token(url) or _resembles(url.rpartition("/")[2], name)


# By cells alone ----------------------------------------------------------------------------------


def _name_columns(found: Found) -> list[int]:
    return [index for field in ("firstName", "lastName", "fullName") for index in found[field][:1]]


def _infer_identifiers(found: Found, probe: ColumnProbe) -> set[str]:
    """Adds columns of addresses that have no known name; returns the fields that were inferred.

    They hold the person's own address if almost all differ and resemble the names beside them.
    """
    names = _name_columns(found)
    added = [
        index
        for index in probe.free(found)
        if probe.mostly(index, _EMAIL.search)
        and probe.are_distinct(index)
        and probe.agree([index], names, _resembles) > 1 / 2
    ]
    inferred = {"email"} if added and not found["email"] else set()
    found["email"] += added
    inferred |= {
        field
        for field in ("id", "linkedinUrl")
        if found[field] and all(probe.names[index].field != field for index in found[field])
    }
    return inferred


def _resembles(address: str, name: str) -> bool:
    """Whether an address contains part of a name, or the name cannot be compared with it."""
    local = "".join(_words(address.partition("@")[0]))
    words = [word for word in _words(name) if len(word) >= MIN_TOKEN]
    return not any(word.isascii() for word in words) or any(word in local for word in words)


def _infer_names(found: Found, probe: ColumnProbe) -> set[str]:
    """Adds the columns of names and companies in a table whose header does not tell them."""
    texts = [index for index in probe.free(found) if probe.mostly(index, _is_name_like)]
    companies = [i for i in texts if probe.share(i, ends_like_company) >= COMPANY_FORMS]
    if not companies and found["email"]:
        email = found["email"][:1]
        companies = [
            index
            for index in texts
            if probe.agree([index], email, _is_company_of) > 1 / 2
            and probe.agree(email, [index], _resembles) <= 1 / 2
        ]
    names = [index for index in texts if index not in companies]
    if found["email"]:
        email = found["email"][:1]
        names = [i for i in names if probe.agree(email, [i], _resembles) > 1 / 2]
        names.sort(key=lambda index: _place_in_address(probe, email[0], index))
    elif not companies and not found["company.name"]:
        return set()
    inferred = {"company.name"} if companies and not found["company.name"] else set()
    found["company.name"] += companies[: 1 if inferred else 0]
    whole = [index for index in names if probe.mostly(index, _is_whole_name)]
    if whole:
        found["fullName"] += whole[:1]
        return inferred | {"fullName"}
    if len(names) > 1:
        found["firstName"], found["lastName"] = names[:1], names[1:2]
        return inferred | {"firstName", "lastName"}
    return inferred


def _words(text: str) -> list[str]:
    return fold(text).split()


def _is_name_like(cell: str) -> bool:
    return len(cell) <= MAX_NAME and _NAME.fullmatch(cell) is not None


def _is_whole_name(cell: str) -> bool:
    return 1 < len(cell.split()) <= MAX_NAME_WORDS


def _is_company_of(company: str, address: str) -> bool:
    """Whether a company's name begins as the domain of an address does."""
    domain = "".join(_words(address.rpartition("@")[2]))
    words = _words(company)
    return bool(words) and domain.startswith(words[0])


def _place_in_address(probe: ColumnProbe, email: int, index: int) -> float:
    """Returns where a column's names stand in the addresses beside them, on average."""
    pairs = zip(probe.column(email), probe.column(index), strict=True)
    places = [
        "".join(_words(address)).find("".join(_words(name)[:1]))
        for address, name in pairs
        if address and name
    ]
    return sum(places) / (len(places) or 1)


# Cells -------------------------------------------------------------------------------------------


def cells_of(
    table: Table, index: int, columns: Mapping[str, Sequence[int]]
) -> dict[str, tuple[str, ...]]:
    """Returns what a row of a table says by field; the address behind a cell precedes its text."""
    if not table.links:
        return values_of(table.rows[index], columns)
    links = {column: table.links.get((index, column), "") for column in range(len(table.columns))}
    return values_of(table.rows[index], columns, links)


def values_of(
    row: Sequence[str], columns: Mapping[str, Sequence[int]], links: Mapping[int, str] = NO_LINKS
) -> dict[str, tuple[str, ...]]:
    """Returns what a row says by field: its cells that are not empty, as they were written.

    ``links`` are the addresses behind cells, by column. What a doubtful match found is left out.
    """
    is_doubtful = any(row[place].startswith(CHECK) for place in columns.get(MATCH, ()))
    left_out = columns.get(FOUND, ()) if is_doubtful else ()
    values = {}
    for field, places in columns.items():
        if field in (MATCH, FOUND):
            continue
        texts = (
            as_written(text)
            for place in places
            if place not in left_out
            for text in _texts(links.get(place, ""), row[place])
            if text
        )
        kept = tuple(dict.fromkeys(text for text in texts if text))
        if kept:
            values[field] = kept
    return values


def _texts(link: str, text: str) -> tuple[str, ...]:
    """Returns the address behind a cell and its text, without a link that contradicts the text.

    A spreadsheet keeps the link of an address that was typed over, or copied down.
    """
    for is_one in (address_in, has_profile):
        if link and is_one(text) and is_one(link):
            return (text,)
    return (link, text)
