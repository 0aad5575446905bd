"""What the filters mean, written a second time over the records that are served.

It shares no code with the search: everyone is read once, without a filter, and each field's
meaning is stated here.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

import requests
from graphql import (
    GraphQLInputObjectType,
    build_schema,
    get_named_type,
    get_nullable_type,
    is_input_object_type,
    is_list_type,
)

from leadiq_api import LeadIQClient
from leadiq_sandbox import Sandbox
from leadiq_sandbox.graphql_api import SCHEMA_FILE

Json = dict[str, Any]
WORLD_SIZE = 400
COMPANY_FIELDS = """
id name domain linkedinId industry employeeCount city state postalCode
country countryCode2 countryCode3 companyTechnologies companyTechnologyCategories
revenueRange { start end } fundingInfo { lastFundingOn lastFundingUsd }
naicsCode { code description } sicCode { code description }
"""
EVERYBODY = f"""
query ($skip: Int!) {{ flatAdvancedSearch(input: {{skip: $skip, limit: 100}}) {{ people {{
  id companyId name firstName lastName linkedinUrl linkedinId title role seniority city state
  country countryCode2 countryCode3 updatedAt
  company {{ {COMPANY_FIELDS} }}
  personJobChange {{
    jobChangeType startedAt previousPosition {{ title company {{ {COMPANY_FIELDS} }} }}
  }}
}} }} }}
"""


def ask(server: Sandbox, document: str, **variables: Any) -> Json:
    answer = requests.post(
        server.graphql_url,
        json={"query": document, "variables": variables},
        headers={"Authorization": f"Basic {server.api_key}"},
        timeout=60,
    ).json()
    assert "errors" not in answer, answer
    return answer["data"]


def place(record: Json) -> tuple[str, str, str]:
    return record["city"], record["state"], record["country"]


def ms(iso: str) -> int:
    return round(datetime.fromisoformat(iso).timestamp() * 1000)


class Meaning(NamedTuple):
    """What a field of a filter means.

    ``choose`` returns a value that a record matches, as a user would write it, or None if it has
    none; ``fits`` returns whether a record matches a value.
    """

    choose: Callable[[Json], Any]
    fits: Callable[[Json, Any], bool]


def equal(read: Callable[[Json], Any]) -> Meaning:
    return Meaning(read, lambda record, value: read(record) == value)


def any_case(read: Callable[[Json], str | None]) -> Meaning:
    return Meaning(
        lambda record: (read(record) or "").upper() or None,
        lambda record, value: (read(record) or "").upper() == value,
    )


def from_(read: Callable[[Json], int | None]) -> Meaning:
    return Meaning(read, lambda record, value: (has := read(record)) is not None and has >= value)


def up_to(read: Callable[[Json], int | None]) -> Meaning:
    return Meaning(read, lambda record, value: (has := read(record)) is not None and has <= value)


def one_of(read: Callable[[Json], list[str]]) -> Meaning:
    return Meaning(
        lambda record: read(record)[0].lower(),
        lambda record, value: value in [has.lower() for has in read(record)],
    )


def terms(text: str | None) -> list[str]:
    return re.findall(r"\w+", (text or "").lower())


def titled(read: Callable[[Json], str | None]) -> Meaning:
    """Every word of the value occurs, in any order."""
    return Meaning(
        lambda record: " ".join(reversed(terms(read(record))[-2:])) or None,
        lambda record, value: {*terms(value)} <= {*terms(read(record))},
    )


def of_kind(kind: str) -> Meaning:
    """From a day on, a job change of this kind."""

    def started(person: Json) -> int | None:
        change = person["personJobChange"]
        return change["startedAt"] if change and change["jobChangeType"] == kind else None

    return from_(started)


def funded_on(company: Json) -> int | None:
    funding = company["fundingInfo"]
    return ms(funding["lastFundingOn"]) if funding else None


def funded_usd(company: Json) -> int | None:
    funding = company["fundingInfo"]
    return funding["lastFundingUsd"] if funding else None


def bare(name: str) -> str:
    return re.sub(r" (inc|ltd|gmbh|llc|group)$", "", name.lower())


def classified(name: str, field: str) -> dict[str, Meaning]:
    """A classification: a code or the beginning of one, and words of its description."""
    return {
        f"{field}.code": Meaning(
            lambda c: c[name]["code"][:3], lambda c, value: c[name]["code"].startswith(value)
        ),
        f"{field}.description": Meaning(
            lambda c: c[name]["description"].upper()[-12:],
            lambda c, value: value in c[name]["description"].upper(),
        ),
    }


PLACE = {
    "locations.city": any_case(lambda r: r["city"]),
    "locations.areaLevel1": any_case(lambda r: r["state"]),
    "locations.country": Meaning(
        lambda r: r["countryCode3"].lower(),
        lambda r, value: value == r["countryCode3"].lower(),
    ),
    "locations.postalCode": any_case(lambda r: r["postalCode"]),
}
CONTACT = PLACE | {
    "ids": equal(lambda p: p["id"]),
    "names": Meaning(
        lambda p: p["firstName"].upper(),
        lambda p, value: value in p["name"].upper().split(),
    ),
    "titles": titled(lambda p: p["title"]),
    "linkedinIds": equal(lambda p: p["linkedinId"]),
    "linkedinUrls": equal(lambda p: p["linkedinUrl"] and f"{p['linkedinUrl']}/?trk=people"),
    "seniorities": equal(lambda p: p["seniority"]),
    "roles": any_case(lambda p: p["role"]),
    "containsWorkEmails": Meaning(
        lambda p: p["workEmail"] if p["workEmail"] in ("Verified", "VerifiedLikely") else None,
        lambda p, value: p["workEmail"] == value,
    ),
    "updatedAt.start": from_(lambda p: ms(p["updatedAt"])),
    "updatedAt.end": up_to(lambda p: ms(p["updatedAt"])),
    "newHireFrom": of_kind("JobChange"),
    "newPromotionFrom": of_kind("TitleChange"),
}
IDENTITY = PLACE | {
    "ids": equal(lambda c: c["id"]),
    "names": Meaning(
        lambda c: bare(c["name"]).upper(), lambda c, value: bare(c["name"]) == value.lower()
    ),
    "domains": equal(lambda c: f"https://www.{c['domain']}/about"),
    "linkedinIds": equal(lambda c: c["linkedinId"]),
    "industries": any_case(lambda c: c["industry"]),
}
EMPLOYEES = {
    "min": from_(lambda c: c["employeeCount"]),
    "max": up_to(lambda c: c["employeeCount"]),
}
COMPANY = {
    **IDENTITY,
    **{f"sizes.{end}": meaning for end, meaning in EMPLOYEES.items()},
    "technologies": one_of(lambda c: c["companyTechnologies"]),
    "technologyCategories": one_of(lambda c: c["companyTechnologyCategories"]),
    # A company's revenue is served as a band, so the values are the ends of bands.
    "revenueRanges.start": from_(lambda c: c["revenueRange"]["start"]),
    "revenueRanges.end": up_to(lambda c: c["revenueRange"]["end"]),
    "fundingInfoFilters.lastFundingDateRange.start": from_(funded_on),
    "fundingInfoFilters.lastFundingDateRange.end": up_to(funded_on),
    "fundingInfoFilters.lastFundingRange.start": from_(funded_usd),
    "fundingInfoFilters.lastFundingRange.end": up_to(funded_usd),
    **classified("naicsCode", "naicsCodeFilters"),
    **classified("sicCode", "sicCodeFilters"),
}
PREVIOUS_COMPANY = IDENTITY | {
    f"employeeCount.{end}": meaning for end, meaning in EMPLOYEES.items()
}
JOB_CHANGE = {
    "jobChangeTypes": equal(lambda change: change["jobChangeType"]),
    "startedAfter": Meaning(
        lambda change: change["startedAt"] - 1, lambda change, value: change["startedAt"] > value
    ),
}


class Filter(NamedTuple):
    """What a filter is about, out of a person (None: nothing), and what its fields mean."""

    subject: Callable[[Json], Json | None]
    fields: dict[str, Meaning]


def change(person: Json) -> Json | None:
    return person["personJobChange"]


FILTERS = {
    "contactFilter": Filter(lambda p: p, CONTACT),
    "companyFilter": Filter(lambda p: p["company"], COMPANY),
    "jobChangeFilter": Filter(change, JOB_CHANGE),
    "previousCompanyFilter": Filter(
        lambda p: p["personJobChange"] and change(p)["previousPosition"]["company"],
        PREVIOUS_COMPANY,
    ),
    "previousPositionFilter": Filter(
        lambda p: p["personJobChange"] and change(p)["previousPosition"],
        {"titles": titled(lambda position: position["title"])},
    ),
}
SCHEMA = build_schema(SCHEMA_FILE.read_text(encoding="utf-8"))


def filters_of(kind: str) -> dict[str, GraphQLInputObjectType]:
    """The filters of a search's input by name."""
    fields = SCHEMA.type_map[kind].fields
    named = {name: get_named_type(field.type) for name, field in fields.items()}
    return {name: type_ for name, type_ in named.items() if is_input_object_type(type_)}


def leaves(type_: GraphQLInputObjectType) -> list[str]:
    """Dotted paths of all values that a filter takes."""
    paths = []
    for name, field in type_.fields.items():
        inner = get_named_type(field.type)
        below = leaves(inner) if is_input_object_type(inner) else []
        paths += [f"{name}.{path}" for path in below] or [name]
    return paths


FLAT, GROUPED = filters_of("FlatSearchInput"), filters_of("GroupedSearchInput")
EVERY_FIELD = [(name, path) for name, type_ in FLAT.items() for path in leaves(type_)]

# Fields that are objects, whose parts all have to fit.
EVERY_OBJECT = [*{(name, path.split(".")[0]): None for name, path in EVERY_FIELD if "." in path}]
Chosen = dict[tuple[str, str], list[Any]]  # values by filter and path


def meaning(name: str, path: str) -> Meaning:
    """What a field of a filter means, of a person."""
    subject, fields = FILTERS[name.replace("Excluded", "")]
    choose, fits = fields[path]
    return Meaning(
        lambda person: (about := subject(person)) and choose(about),
        lambda person, value: (about := subject(person)) is not None and fits(about, value),
    )


def allowed(person: Json, chosen: Chosen) -> bool:
    """Whether all filters let this person through. Of several values of a field one is enough, the
    parts of an object all have to fit; to be left out, one field is enough."""
    fits: dict[tuple[str, str], bool] = {}
    for (name, path), values in chosen.items():
        field = name, path.split(".")[0]
        one = any(meaning(name, path).fits(person, value) for value in values)
        fits[field] = fits.get(field, True) and one
    return all(one is not ("Excluded" in name) for (name, _), one in fits.items())


def is_listed(name: str, path: str) -> bool:
    """Whether the field takes several values."""
    return is_list_type(get_nullable_type(FLAT[name].fields[path.split(".")[0]].type))


def written(chosen: Chosen) -> Json:
    """The input of a search with these values."""
    input: Json = {}
    for (name, path), values in chosen.items():
        filter_ = input.setdefault(name, {"jobChangeTypes": []} if "jobChange" in name else {})
        field, *inner = path.split(".")
        if not inner:
            filter_[field] = values if is_listed(name, path) else values[0]
        elif is_listed(name, path):
            objects = filter_.setdefault(field, [{} for _ in values])
            for value, into in zip(values, objects, strict=True):
                put(into, inner, value)
        else:
            put(filter_.setdefault(field, {}), inner, values[0])
    return input


def put(into: Json, path: list[str], value: Any) -> None:
    head, *rest = path
    if rest:
        put(into.setdefault(head, {}), rest, value)
    else:
        into[head] = value


def assert_found(client: LeadIQClient, input: Json, expected: list[Json]) -> None:
    """The flat search's pages and, where it takes these filters, the grouped one hold exactly
    the expected people, and every page tells their number."""
    wanted = sorted(person["id"] for person in expected)
    assert sorted(person["id"] for person in everyone_found(client, input, len(wanted))) == wanted
    if not input.keys() <= GROUPED.keys():
        return
    answer = client.grouped_advanced_search(
        {**input, "limit": 100, "limitPerCompany": WORLD_SIZE}, data_points=()
    )
    assert answer["totalCompanies"] == len({person["companyId"] for person in expected})
    seen = []
    for row in answer["companies"]:
        assert row["totalContactsInCompany"] == len(row["people"]) > 0
        assert {person["companyId"] for person in row["people"]} == {row["company"]["id"]}
        seen += [person["id"] for person in row["people"]]
    assert sorted(seen) == wanted


def everyone_found(client: LeadIQClient, input: Json, total: int) -> list[Json]:
    found: list[Json] = []
    while True:
        page = client.flat_advanced_search(
            {**input, "skip": len(found), "limit": 100}, data_points=()
        )
        assert page["totalPeople"] == total
        found += page["people"]
        if len(page["people"]) < 100:
            return found
