"""The boxes of an advanced search cover the schema's filters; a link fills them again."""

from datetime import date
from urllib.parse import urlencode

from graphql import GraphQLInputObjectType, build_schema, coerce_input_value, get_named_type

from dashboard.search import filter_fields, parsing
from leadiq_sandbox.graphql_api import SCHEMA_FILE

SCHEMA = build_schema(SCHEMA_FILE.read_text(encoding="utf-8"))

# What a user could enter in each kind of box.
ENTRIES = {
    parsing.parse_choices: None,
    parsing.parse_people: "Jane Doe",
    parsing.parse_companies: "Acme",
    parsing.parse_domains: "acme.com",
    parsing.parse_profiles: "https://www.linkedin.com/in/jane",
    parsing.parse_codes: "5415",
    parsing.parse_locations: ["Germany"],
    parsing.parse_sizes: ["51–200"],
    parsing.parse_size_lines: "120 – 450",
    parsing.parse_amount: "5M+",
    parsing.parse_amounts: "1M – 2M",
    parsing.parse_since: date(2026, 1, 2),
    parsing.parse_date: date(2026, 1, 2),
}


def entered(box: filter_fields.Box):
    entry = ENTRIES[box.parse]
    return entry if entry is not None else list(box.options[:2]) or ["Anything"]


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
    """But for ids: a user does not search by them."""
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


def test_a_link_fills_the_same_boxes() -> None:
    everything = {box.key: entered(box) for box in filter_fields.BOXES}
    everything |= {"results": "By company", "limit": 50, "company_information": True}
    assert filter_fields.entries(filter_fields.address(everything)) == everything
    empty = filter_fields.entries("")
    assert filter_fields.address(empty) == ""
    assert empty["titles"] == []
    assert empty["limit"] == 100
    assert filter_fields.entries("results=Grouped+by+company")["results"] == "By company"
    nonsense = filter_fields.entries("limit=1e400&updated_since=soon")
    assert (nonsense["limit"], nonsense["updated_since"]) == (100, None)
    assert filter_fields.entries("limit=25.0")["limit"] == 25
    assert filter_fields.address(
        {"seniorities": ["SeniorIndividualContributor"], "names": "A\nB"}
    ) == (urlencode({"seniorities": "Senior individual contributor", "names": "A\nB"}))
