"""What the boxes of an advanced search take, and the address that fills them again."""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

import pytest
from graphql import GraphQLInputObjectType, build_schema, coerce_input_value, get_named_type
from hypothesis import given
from hypothesis import strategies as st

from dashboard.search import filter_fields, parsing
from leadiq_sandbox.graphql_api import SCHEMA_FILE

SCHEMA = build_schema(SCHEMA_FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("parse", "entered", "expected"),
    [
        (parsing.parse_choices, ["CEO", "CFO\nCTO\r\nCEO"], ["CEO", "CFO", "CTO"]),
        (parsing.parse_names, "Acme, Inc\n\n Globex \nAcme, Inc", ["Acme, Inc", "Globex"]),
        (
            parsing.parse_names,
            '"Acme, Inc"\r\n"Say ""Hi"" Ltd";24" Screens\r\nAcme, Inc\r\n',
            ["Acme, Inc", 'Say "Hi" Ltd', '24" Screens'],
        ),
        (
            parsing.parse_domains,
            "https://www.A.com/x, b@b.com\tc.io\na.com",
            ["a.com", "b.com", "c.io"],
        ),
        (
            parsing.parse_domains,
            '"WWW.A.com:443";"b.com."\r\n<jane@c.io>\r\nhttp://d.io?x=1#y',
            ["a.com", "b.com", "c.io", "d.io"],
        ),
        (
            parsing.parse_locations,
            ["Germany", "Texas, United States", "Bonn, NRW, Germany"],
            [
                {"country": "Germany"},
                {"areaLevel1": "Texas", "country": "United States"},
                {"city": "Bonn", "areaLevel1": "NRW", "country": "Germany"},
            ],
        ),
        (
            parsing.parse_locations,
            ["Texas,", "Bonn, ,", "Bonn, , Germany"],
            [{"areaLevel1": "Texas"}, {"city": "Bonn"}, {"city": "Bonn", "country": "Germany"}],
        ),
        (
            parsing.parse_sizes,
            ["51–200", "5,001+", "120 - 450", "70"],
            [
                {"min": 51, "max": 200},
                {"min": 5001},
                {"min": 120, "max": 450},
                {"min": 70, "max": 70},
            ],
        ),
        (
            parsing.parse_amounts,
            "10M – 50M; $1.5B+",
            [{"start": 10**7, "end": 5 * 10**7}, {"start": 1_500_000_000}],
        ),
        (parsing.parse_amount, "– 250k", {"end": 250_000}),
        (parsing.parse_amount, " ", None),
        (
            parsing.parse_codes,
            "5415\nsoftware publishers",
            [{"code": "5415"}, {"description": "software publishers"}],
        ),
        (parsing.parse_date, date(2026, 1, 2), 1767312000000),
        (parsing.parse_since, date(2026, 1, 2), {"start": 1767312000000}),
        (parsing.parse_since, None, None),
    ],
)
def test_what_is_entered_is_read(parse, entered, expected) -> None:
    assert parse(entered) == (expected, None)


@pytest.mark.parametrize(
    ("parse", "entered", "told"),
    [
        (parsing.parse_domains, "acme.com\nnot a domain", "“not”, “a”, “domain” are not"),
        (parsing.parse_profiles, "linkedin.com/company/acme", "not a LinkedIn profile"),
        (parsing.parse_locations, ["A, B, C, D"], "“A, B, C, D” is not a place"),
        (parsing.parse_locations, [",,"], "“,,” is not a place"),
        (parsing.parse_sizes, ["some"], "“some” is not a number of employees"),
        (parsing.parse_sizes, ["90 – 10"], "not a number of employees"),
        (parsing.parse_amount, "lots", "“lots” is not an amount"),
        (parsing.parse_amounts, "1M – 2M; 5M – 4M", "“5M – 4M” is not an amount"),
        (parsing.parse_codes, "1", "not a code of two to eight digits"),
    ],
)
def test_what_is_wrong_is_told_in_words(parse, entered, told: str) -> None:
    problem = parse(entered)[1]
    assert problem is not None
    assert told in problem


def test_a_day_to_come_is_told() -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date()
    problem = parsing.parse_since(tomorrow)[1]
    assert problem is not None
    assert "yet to come" in problem


@given(st.text(max_size=30))
def test_any_text_is_read_or_told(text: str) -> None:
    for parse in (
        parsing.parse_names,
        parsing.parse_domains,
        parsing.parse_codes,
        parsing.parse_profiles,
        parsing.parse_amount,
        parsing.parse_amounts,
    ):
        parse(text)
    for parse in (parsing.parse_choices, parsing.parse_locations, parsing.parse_sizes):
        parse([text])


def test_funding_is_one_filter_and_a_job_change_names_its_kinds() -> None:
    assert parsing.advanced_search_input(
        [
            ("companyFilter.fundingInfoFilters.lastFundingRange", {"start": 5}),
            ("companyFilter.fundingInfoFilters.lastFundingDateRange", {"start": 1}),
            ("jobChangeFilter.startedAfter", 7),
            ("contactFilter.titles", []),
        ]
    ) == {
        "companyFilter": {
            "fundingInfoFilters": [
                {"lastFundingRange": {"start": 5}, "lastFundingDateRange": {"start": 1}}
            ]
        },
        "jobChangeFilter": {"startedAfter": 7, "jobChangeTypes": []},
    }


# What a person could enter in each kind of box.
ENTRIES = {
    parsing.parse_choices: None,
    parsing.parse_names: "Acme",
    parsing.parse_domains: "acme.com",
    parsing.parse_profiles: "https://www.linkedin.com/in/jane",
    parsing.parse_codes: "5415",
    parsing.parse_locations: ["Germany"],
    parsing.parse_sizes: ["51–200"],
    parsing.parse_amount: "5M+",
    parsing.parse_amounts: "1M – 2M",
    parsing.parse_since: date(2026, 1, 2),
    parsing.parse_date: date(2026, 1, 2),
}


def entered(box: filter_fields.Box):
    found = ENTRIES[box.parse]
    return found if found is not None else list(box.options[:2]) or ["Anything"]


def test_every_box_is_a_field_of_the_schema() -> None:
    given = [(box, box.parse(entered(box))) for box in filter_fields.BOXES]
    assert [box.key for box, (_, problem) in given if problem] == []
    request = parsing.advanced_search_input((box.path, value) for box, (value, _) in given)
    flat, grouped = (SCHEMA.type_map[f"{kind}SearchInput"] for kind in ("Flat", "Grouped"))
    for kind, without in (
        (flat, {"sortCompaniesBy"}),
        (grouped, {*filter_fields.JOB_CHANGE_FILTERS}),
    ):
        of_kind = {name: value for name, value in request.items() if name not in without}
        coerce_input_value(of_kind, kind)  # raises for a field or a value that is not there


def test_every_filter_of_the_schema_has_a_box() -> None:
    """Ids are what a search finds, not what a person looks for by."""
    flat = SCHEMA.type_map["FlatSearchInput"]
    assert isinstance(flat, GraphQLInputObjectType)
    paths = {
        f"{name}.{inner}"
        for name, field in flat.fields.items()
        if isinstance(kind := get_named_type(field.type), GraphQLInputObjectType)
        for inner in kind.fields
        if inner not in ("ids", "linkedinIds")
    }
    boxes = {".".join(box.path.split(".")[:2]) for box in filter_fields.BOXES}
    assert boxes >= paths


def test_an_address_fills_the_same_boxes() -> None:
    everything = {box.key: entered(box) for box in filter_fields.BOXES}
    everything |= {"results": "Grouped by company", "limit": 50, "company_information": True}
    assert filter_fields.entries(filter_fields.address(everything)) == everything
    empty = filter_fields.entries("")
    assert filter_fields.address(empty) == ""
    assert empty["titles"] == []
    assert empty["limit"] == 25
    assert filter_fields.address(
        {"seniorities": ["SeniorIndividualContributor"], "names": "A\nB"}
    ) == (urlencode({"seniorities": "Senior individual contributor", "names": "A\nB"}))
