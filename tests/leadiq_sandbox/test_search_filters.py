"""Each field of each filter, alone and together, against a count of the people that are served.

Everybody is read once, without a filter. What a filter means is written here a second time, over
those served records, and shares no code with the search. The fields come from the schema itself: a
new one without a row in these tables fails.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import combinations
from typing import Any, NamedTuple

import pytest
import requests
from graphql import (
    GraphQLInputObjectType,
    build_schema,
    get_named_type,
    get_nullable_type,
    is_input_object_type,
    is_list_type,
)
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from leadiq_api import LeadIQClient
from leadiq_sandbox import Sandbox
from leadiq_sandbox.graphql_api import SCHEMA_FILE
from tests.conftest import client_of

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


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    with Sandbox(people=WORLD_SIZE, credits=10**9, rpm=0) as running:
        yield running


@pytest.fixture(scope="module")
def people(server: Sandbox) -> list[Json]:
    """Everybody as the flat search serves them, with what ``searchPeople`` adds: the status of
    the work address and of the mobile phone (None: none), and with the postal code of the place."""
    found = [
        person
        for skip in range(0, WORLD_SIZE, 100)
        for person in ask(server, EVERYBODY, skip=skip)["flatAdvancedSearch"]["people"]
    ]
    codes = {place(p["company"]): p["company"]["postalCode"] for p in found}
    for start in range(0, WORLD_SIZE, 100):
        some = found[start : start + 100]
        aliases = [
            f'p{n}: searchPeople(input: {{id: "{person["id"]}", includeInvalid: true}})'
            "{ results { personalPhones { status } currentPositions { emails { status } } } }"
            for n, person in enumerate(some)
        ]
        answer = ask(server, f"{{ {' '.join(aliases)} }}")
        for n, person in enumerate(some):
            (record,) = answer[f"p{n}"]["results"]
            emails = [email for held in record["currentPositions"] for email in held["emails"]]
            person["workEmail"] = emails[0]["status"] if emails else None
            phones = record["personalPhones"]
            person["mobilePhone"] = phones[0]["status"] if phones else None
            person["postalCode"] = codes.get(place(person))
    assert len({person["id"] for person in found}) == WORLD_SIZE
    return found


def ask(server: Sandbox, document: str, **variables: Any) -> Json:
    answer = requests.post(
        server.graphql_url,
        json={"query": document, "variables": variables},
        headers={"Authorization": f"Basic {server.api_key}"},
        timeout=20,
    ).json()
    assert "errors" not in answer, answer
    return answer["data"]


def place(record: Json) -> tuple[str, str, str]:
    return record["city"], record["state"], record["country"]


def ms(iso: str) -> int:
    return round(datetime.fromisoformat(iso).timestamp() * 1000)


# What a field means ------------------------------------------------------------------------------


class Meaning(NamedTuple):
    """``choose`` gives a value that this record fits, as a person would write it, or None where it
    has none; ``fits`` says whether a record fits a value."""

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


def test_the_grouped_search_has_the_same_filters_without_the_previous_jobs() -> None:
    assert FLAT.keys() - GROUPED.keys() == {
        "jobChangeFilter", "previousCompanyFilter", "previousPositionFilter",
    }
    assert all(FLAT[name] is type_ for name, type_ in GROUPED.items())


@pytest.mark.parametrize(("name", "path"), EVERY_FIELD)
def test_each_field_lets_exactly_those_through(server, people, name, path) -> None:
    values = [value for p in people if (value := meaning(name, path).choose(p)) is not None]
    candidates = combinations(dict.fromkeys(values), 2) if is_listed(name, path) else zip(values)
    for some in candidates:
        chosen = {(name, path): [*some]}
        expected = [person for person in people if allowed(person, chosen)]
        if 0 < len(expected) < WORLD_SIZE:
            break
    assert 0 < len(expected) < WORLD_SIZE
    assert_found(client_of(server), written(chosen), expected)


@pytest.mark.parametrize(("name", "field"), EVERY_OBJECT)
def test_all_parts_of_an_object_count(server, people, name, field) -> None:
    paths = [path for n, path in EVERY_FIELD if n == name and path.startswith(f"{field}.")]
    for person in people:
        values = [meaning(name, path).choose(person) for path in paths]
        chosen = {(name, path): [value] for path, value in zip(paths, values, strict=True)}
        expected = [] if None in values else [one for one in people if allowed(one, chosen)]
        if 0 < len(expected) < WORLD_SIZE:
            break
    assert 0 < len(expected) < WORLD_SIZE
    assert_found(client_of(server), written(chosen), expected)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    fields=st.lists(st.sampled_from(EVERY_FIELD), min_size=2, max_size=3, unique=True),
    which=st.integers(0, WORLD_SIZE - 1),
)
def test_fields_narrow_each_other(server, people, fields, which) -> None:
    able = [p for p in people if all(meaning(*field).choose(p) is not None for field in fields)]
    assume(able)
    person = able[which % len(able)]
    chosen = {field: [meaning(*field).choose(person)] for field in fields}
    expected = [one for one in people if allowed(one, chosen)]
    assert (person in expected) is not any("Excluded" in name for name, _ in fields)
    assert_found(client_of(server), written(chosen), expected)


def test_a_city_is_one_of_its_country(server, people) -> None:
    wanted = {("contactFilter", "locations.city"): ["MANCHESTER"]}
    both = [person for person in people if allowed(person, wanted)]
    british = [person for person in both if person["country"] == "United Kingdom"]
    assert 0 < len(british) < len(both)
    for spelling in ("United Kingdom", "gb", "GBR"):
        here = {"city": "Manchester", "country": spelling}
        assert_found(client_of(server), {"contactFilter": {"locations": [here]}}, british)


def test_no_kind_of_job_change_means_both(server, people) -> None:
    changed = [person for person in people if person["personJobChange"]]
    assert len({change(person)["jobChangeType"] for person in changed}) == 2
    assert_found(client_of(server), {"jobChangeFilter": {"jobChangeTypes": []}}, changed)


def test_an_id_that_is_none_finds_nobody(server) -> None:
    for input in (
        {"contactFilter": {"linkedinIds": ["x", "²"]}},
        {"contactFilter": {"linkedinUrls": ["https://www.linkedin.com/in/nobody-0"]}},
        {"companyFilter": {"linkedinIds": ["x", "999"]}},
        {"companyFilter": {"domains": ["nowhere.example"]}},
    ):
        assert_found(client_of(server), input, [])


# Orders -------------------------------------------------------------------------------------------

LADDER = ("Other", "SeniorIndividualContributor", "Manager", "Director", "VP", "Executive")
PHONES = {"Verified": 2, "LikelyAccurate": 1}
# What a person or company is ordered by; None where it has none, which may come anywhere.
CONTACT_KEYS: dict[str, Callable[[Json], Any]] = {
    "Id": lambda p: p["id"],
    "Name": lambda p: p["lastName"] and (p["firstName"].lower(), p["lastName"].lower()),
    "Title": lambda p: p["title"] and p["title"].lower(),
    "Role": lambda p: p["role"],
    "Seniority": lambda p: LADDER.index(p["seniority"]),
    "MobilePhone": lambda p: PHONES.get(p["mobilePhone"], 0),
    "UpdatedAt": lambda p: ms(p["updatedAt"]),
    "JobChangeStartedAt": lambda p: p["personJobChange"] and change(p)["startedAt"],
}
COMPANY_KEYS: dict[str, Callable[[Json], Any]] = {
    "Id": lambda c: c["id"],
    "Name": lambda c: c["name"].lower(),
    "Size": lambda c: c["employeeCount"],
    "Industry": lambda c: c["industry"],
}


def orders(kind: str) -> list[str]:
    return list(SCHEMA.type_map[kind].values)


def assert_ordered(rows: list[Json], order: str, keys: dict[str, Callable[[Json], Any]]) -> None:
    key = keys[re.sub("(Asc|Desc)$", "", order)]
    found = [value for row in rows if (value := key(row)) is not None]
    assert found == sorted(found, reverse=order.endswith("Desc"))


@pytest.mark.parametrize("order", orders("ContactSortingOption"))
def test_people_come_in_each_order(server, people, order) -> None:
    by_id = {person["id"]: person for person in people}
    found = everyone_found(client_of(server), {"sortContactsBy": [order]}, WORLD_SIZE)
    rows = [by_id.pop(person["id"]) for person in found]  # nobody twice
    assert by_id == {}
    assert_ordered(rows, order, CONTACT_KEYS)


@pytest.mark.parametrize("order", orders("CompanySortingOption"))
def test_companies_come_in_each_order(server, people, order) -> None:
    client, by_id = client_of(server), {p["id"]: p for p in people}
    companies = {person["companyId"]: person["company"] for person in people}
    answer = client.grouped_advanced_search(
        {"sortCompaniesBy": [order], "sortContactsBy": ["UpdatedAtDesc"], "limit": 100,
         "limitPerCompany": 4},
        data_points=(),
    )
    rows = [companies.pop(row["company"]["id"]) for row in answer["companies"]]
    assert companies == {}
    assert_ordered(rows, order, COMPANY_KEYS)
    for row in answer["companies"]:
        here = sorted((ms(p["updatedAt"]) for p in people
                       if p["companyId"] == row["company"]["id"]), reverse=True)
        assert row["totalContactsInCompany"] == len(here)
        assert [ms(by_id[p["id"]]["updatedAt"]) for p in row["people"]] == here[:4]


def test_a_second_order_decides_among_equals(server, people) -> None:
    by_id = {person["id"]: person for person in people}
    order = ["RoleAsc", "UpdatedAtDesc"]
    found = everyone_found(client_of(server), {"sortContactsBy": order}, WORLD_SIZE)
    keys = [(p["role"], -ms(p["updatedAt"])) for p in (by_id[row["id"]] for row in found)]
    assert keys == sorted(keys)


# Without the limited access -------------------------------------------------------------------


@pytest.fixture(scope="module")
def limited() -> Iterator[Sandbox]:
    with Sandbox(people=WORLD_SIZE, credits=10**9, rpm=0, job_changes=False) as running:
        yield running


@pytest.mark.parametrize("name", sorted(FLAT.keys() - GROUPED.keys()))
def test_without_access_a_filter_of_previous_jobs_has_no_effect(
    server, limited, people, name
) -> None:
    for path in leaves(FLAT[name]):
        value = next(value for p in people if (value := meaning(name, path).choose(p)))
        input = {**written({(name, path): [value]}), "contactFilter": {"roles": ["Sales"]}}
        client = client_of(limited)
        sales = [person["id"] for person in people if person["role"] == "Sales"]
        found = everyone_found(client, input, len(sales))
        assert sorted(person["id"] for person in found) == sorted(sales)
        narrowed = client_of(server).flat_advanced_search({**input, "limit": 0}, data_points=())
        assert narrowed["totalPeople"] < len(sales)


def test_without_access_nobodys_job_change_is_told_or_charged(limited, people) -> None:
    used = limited.store.used
    answer = ask(limited, EVERYBODY, skip=0)["flatAdvancedSearch"]["people"]
    assert [person["personJobChange"] for person in answer] == [None] * 100
    companies = {person["companyId"] for person in answer}
    assert limited.store.used - used == 3 * len(companies)
    changed = [p for p in people if change(p) and change(p)["jobChangeType"] == "JobChange"]
    hired = {"contactFilter": {"newHireFrom": 0}}
    found = everyone_found(client_of(limited), hired, len(changed))
    assert {p["id"] for p in found} == {p["id"] for p in changed}
    assert {p["personJobChange"] for p in found} == {None}
    grouped = client_of(limited).grouped_advanced_search(hired, data_points=())
    assert {p["personJobChange"] for row in grouped["companies"] for p in row["people"]} == {None}
