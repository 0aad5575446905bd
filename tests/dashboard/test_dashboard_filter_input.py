"""What the boxes of an advanced search take, and the address that fills them again."""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

import pytest
from graphql import GraphQLInputObjectType, build_schema, coerce_input_value, get_named_type
from hypothesis import given
from hypothesis import strategies as st

from dashboard import filter_input, filters
from leadiq_sandbox.graphql_api import SCHEMA_FILE

SCHEMA = build_schema(SCHEMA_FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("parse", "entered", "expected"),
    [
        (filter_input.chosen, ["CEO", "CFO\nCTO\r\nCEO"], ["CEO", "CFO", "CTO"]),
        (filter_input.named, "Acme, Inc\n\n Globex \nAcme, Inc", ["Acme, Inc", "Globex"]),
        (filter_input.named, '"Acme, Inc"\r\n"Say ""Hi"" Ltd";24" Screens\r\nAcme, Inc\r\n',
         ["Acme, Inc", 'Say "Hi" Ltd', '24" Screens']),
        (filter_input.domain_list, "https://www.A.com/x, b@b.com\tc.io\na.com",
         ["a.com", "b.com", "c.io"]),
        (filter_input.domain_list, '"WWW.A.com:443";"b.com."\r\n<jane@c.io>\r\nhttp://d.io?x=1#y',
         ["a.com", "b.com", "c.io", "d.io"]),
        (filter_input.places, ["Germany", "Texas, United States", "Bonn, NRW, Germany"],
         [{"country": "Germany"}, {"areaLevel1": "Texas", "country": "United States"},
          {"city": "Bonn", "areaLevel1": "NRW", "country": "Germany"}]),
        (filter_input.places, ["Texas,", "Bonn, ,", "Bonn, , Germany"],
         [{"areaLevel1": "Texas"}, {"city": "Bonn"}, {"city": "Bonn", "country": "Germany"}]),
        (filter_input.sizes, ["51–200", "5,001+", "120 - 450", "70"],
         [{"min": 51, "max": 200}, {"min": 5001}, {"min": 120, "max": 450},
          {"min": 70, "max": 70}]),
        (filter_input.amounts, "10M – 50M; $1.5B+", [{"start": 10**7, "end": 5 * 10**7},
                                                     {"start": 1_500_000_000}]),
        (filter_input.amount, "– 250k", {"end": 250_000}),
        (filter_input.amount, " ", None),
        (filter_input.codes, "5415\nsoftware publishers",
         [{"code": "5415"}, {"description": "software publishers"}]),
        (filter_input.instant, date(2026, 1, 2), 1767312000000),
        (filter_input.since, date(2026, 1, 2), {"start": 1767312000000}),
        (filter_input.since, None, None),
    ],
)  # fmt: skip
def test_what_is_entered_is_read(parse, entered, expected) -> None:
    assert parse(entered) == (expected, None)


@pytest.mark.parametrize(
    ("parse", "entered", "told"),
    [
        (filter_input.domain_list, "acme.com\nnot a domain", "“not”, “a”, “domain” are not"),
        (filter_input.profiles, "linkedin.com/company/acme", "not a LinkedIn profile"),
        (filter_input.places, ["A, B, C, D"], "“A, B, C, D” is not a place"),
        (filter_input.places, [",,"], "“,,” is not a place"),
        (filter_input.sizes, ["some"], "“some” is not a number of employees"),
        (filter_input.sizes, ["90 – 10"], "not a number of employees"),
        (filter_input.amount, "lots", "“lots” is not an amount"),
        (filter_input.amounts, "1M – 2M; 5M – 4M", "“5M – 4M” is not an amount"),
        (filter_input.codes, "1", "not a code of two to eight digits"),
    ],
)
def test_what_is_wrong_is_told_in_words(parse, entered, told: str) -> None:
    problem = parse(entered)[1]
    assert problem is not None
    assert told in problem


def test_a_day_to_come_is_told() -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date()
    problem = filter_input.since(tomorrow)[1]
    assert problem is not None
    assert "yet to come" in problem


@given(st.text(max_size=30))
def test_any_text_is_read_or_told(text: str) -> None:
    for parse in (filter_input.named, filter_input.domain_list, filter_input.codes,
                  filter_input.profiles, filter_input.amount, filter_input.amounts):  # fmt: skip
        parse(text)
    for parse in (filter_input.chosen, filter_input.places, filter_input.sizes):
        parse([text])


def test_funding_is_one_filter_and_a_job_change_names_its_kinds() -> None:
    assert filter_input.nested(
        [("companyFilter.fundingInfoFilters.lastFundingRange", {"start": 5}),
         ("companyFilter.fundingInfoFilters.lastFundingDateRange", {"start": 1}),
         ("jobChangeFilter.startedAfter", 7), ("contactFilter.titles", [])]
    ) == {
        "companyFilter": {"fundingInfoFilters": [
            {"lastFundingRange": {"start": 5}, "lastFundingDateRange": {"start": 1}}]},
        "jobChangeFilter": {"startedAfter": 7, "jobChangeTypes": []},
    }  # fmt: skip


# What a person could enter in each kind of box.
ENTRIES = {
    filter_input.chosen: None, filter_input.named: "Acme", filter_input.domain_list: "acme.com",
    filter_input.profiles: "https://www.linkedin.com/in/jane", filter_input.codes: "5415",
    filter_input.places: ["Germany"], filter_input.sizes: ["51–200"], filter_input.amount: "5M+",
    filter_input.amounts: "1M – 2M", filter_input.since: date(2026, 1, 2),
    filter_input.instant: date(2026, 1, 2),
}  # fmt: skip


def entered(box: filters.Box):
    found = ENTRIES[box.parse]
    return found if found is not None else list(box.options[:2]) or ["Anything"]


def test_every_box_is_a_field_of_the_schema() -> None:
    given = [(box, box.parse(entered(box))) for box in filters.BOXES]
    assert [box.key for box, (_, problem) in given if problem] == []
    request = filter_input.nested((box.path, value) for box, (value, _) in given)
    flat, grouped = (SCHEMA.type_map[f"{kind}SearchInput"] for kind in ("Flat", "Grouped"))
    for kind, without in ((flat, {"sortCompaniesBy"}), (grouped, {*filters.LIMITED})):
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
    boxes = {".".join(box.path.split(".")[:2]) for box in filters.BOXES}
    assert boxes >= paths


def test_an_address_fills_the_same_boxes() -> None:
    everything = {box.key: entered(box) for box in filters.BOXES}
    everything |= {"results": "Grouped by company", "limit": 50, "company_information": True}
    assert filters.entries(filters.address(everything)) == everything
    empty = filters.entries("")
    assert filters.address(empty) == ""
    assert empty["titles"] == []
    assert empty["limit"] == 25
    assert filters.address({"seniorities": ["SeniorIndividualContributor"], "names": "A\nB"}) == (
        urlencode({"seniorities": "Senior individual contributor", "names": "A\nB"})
    )
