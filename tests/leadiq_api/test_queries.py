"""Documents select what was chosen and nothing else, and are valid on the live schema."""

import json
import re
from pathlib import Path

import pytest
from graphql import build_client_schema, build_schema, parse, validate

from leadiq_api import DATA_POINTS, queries
from leadiq_sandbox.graphql_api import SCHEMA_FILE
from tests.conftest import every_set

SETS = every_set((*DATA_POINTS,))
SEARCHES = (queries.search_people, queries.flat_advanced_search, queries.grouped_advanced_search)
SCHEMA = build_schema(SCHEMA_FILE.read_text(encoding="utf-8"))

# Fields that only a chosen data point may bring into a document.
SOLD = {
    "email": {
        "emails",
        "personalEmails",
        "workEmail",
        "workEmails",
        "verifiedWorkEmails",
        "verifiedLikelyWorkEmails",
    },
    "phone": {"phones", "personalPhones", "workPhones"},
    "company": {
        "domain",
        "industry",
        "numberOfEmployees",
        "employeeCount",
        "fundingInfo",
        "technologies",
        "companyTechnologies",
        "revenueRange",
        "locationInfo",
    },
}


@pytest.mark.parametrize("points", SETS, ids=lambda points: "+".join(sorted(points)) or "profile")
@pytest.mark.parametrize("search", SEARCHES)
def test_a_document_selects_what_was_chosen_and_nothing_else(search, points) -> None:
    document = search(points)
    fields = set(re.findall(r"\w+", document))
    for point, sold in SOLD.items():
        assert bool(fields & sold) == (point in points), (point, fields & sold)
    assert "@" not in document
    assert validate(SCHEMA, parse(document)) == []


def test_personal_emails_are_left_out_where_only_work_emails_are_wanted() -> None:
    for document in (
        queries.search_people({"email", "phone"}, work_emails_only=True),
        queries.enrich_people({"email", "phone"}, [True, True]),
    ):
        assert "personalEmails" not in document
        assert "emails {" in document
        assert "personalPhones {" in document
        assert validate(SCHEMA, parse(document)) == []


def test_company_of_a_profile_is_id_and_name() -> None:
    assert "companyInfo { id name  }" in queries.search_people(())
    assert "company { id name  }" in queries.flat_advanced_search(())


@pytest.mark.parametrize("points", ["email", {"address"}, ["email", "fax"]])
def test_a_data_point_that_is_not_sold_is_refused(points) -> None:
    with pytest.raises(ValueError, match="data_points is a set out of"):
        queries.search_people(points)


def test_every_document_is_valid_on_the_live_schema(contract: Path) -> None:
    content = (contract / "leadiq-introspection.json").read_text(encoding="utf-8")
    live = build_client_schema(json.loads(content)["data"])
    documents = queries.every_document()
    assert len(documents) == 6 + (1 + 1 + 2 + 2) * 8 + 4
    for name, document in documents.items():
        assert validate(live, parse(document)) == [], name


def test_every_document_is_valid_on_the_sandbox() -> None:
    for name, document in queries.every_document().items():
        assert validate(SCHEMA, parse(document)) == [], name
