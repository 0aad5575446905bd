"""What is sent is what was chosen, and the live schema knows all of it."""

import json
import re
from pathlib import Path

import pytest
from graphql import build_client_schema, build_schema, parse, validate

from leadiq_api import queries
from leadiq_api.__main__ import main
from leadiq_sandbox import Sandbox
from leadiq_sandbox.graphql_api import SCHEMA_FILE
from tests.conftest import every_set

SETS = every_set(queries.DATA_POINTS)
SEARCHES = (queries.search_people, queries.flat_advanced_search, queries.grouped_advanced_search)
SCHEMA = build_schema(SCHEMA_FILE.read_text(encoding="utf-8"))

# Fields that only a chosen data point may bring into a document.
SOLD = {
    "email": {"emails", "personalEmails", "workEmail", "workEmails", "verifiedWorkEmails",
              "verifiedLikelyWorkEmails"},
    "phone": {"phones", "personalPhones", "workPhones"},
    "company": {"domain", "industry", "numberOfEmployees", "employeeCount", "fundingInfo",
                "technologies", "companyTechnologies", "revenueRange", "locationInfo"},
}  # fmt: skip


@pytest.mark.parametrize("points", SETS, ids=lambda points: "+".join(sorted(points)) or "profile")
@pytest.mark.parametrize("search", SEARCHES)
def test_a_document_selects_what_was_chosen_and_nothing_else(search, points) -> None:
    document = search(points)
    fields = set(re.findall(r"\w+", document))
    for point, sold in SOLD.items():
        assert bool(fields & sold) == (point in points), (point, fields & sold)
    assert "@" not in document
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
    assert len(documents) == 6 + (1 + 1 + 2 + 2) * 8
    for name, document in documents.items():
        assert validate(live, parse(document)) == [], name


def test_every_document_is_valid_on_the_sandbox() -> None:
    for name, document in queries.every_document().items():
        assert validate(SCHEMA, parse(document)) == [], name


def introspection(schema_text: str) -> dict:
    from graphql import introspection_from_schema

    return {"data": introspection_from_schema(build_schema(schema_text))}


def test_check_finds_no_drift_in_the_live_schema(contract: Path, capsys) -> None:
    assert main(["check", "--introspection", str(contract / "leadiq-introspection.json")]) == 0
    assert "all 54 documents are valid" in capsys.readouterr().out


def test_check_names_what_drifted(tmp_path: Path, capsys) -> None:
    text = SCHEMA_FILE.read_text(encoding="utf-8").replace("  hasPhone: Boolean\n", "")
    file = tmp_path / "schema.json"
    file.write_text(json.dumps(introspection(text)), encoding="utf-8")
    assert main(["check", "--introspection", str(file)]) == 1
    told = capsys.readouterr().err
    assert "drift: searchPeoplePreview: Cannot query field 'hasPhone'" in told
    assert told.count("drift:") == 2


@pytest.mark.parametrize("content", [None, "no json", "{}", '{"data": {"__schema": {}}}'])
def test_check_says_what_is_wrong_with_a_file(tmp_path: Path, capsys, content) -> None:
    file = tmp_path / "schema.json"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    assert main(["check", "--introspection", str(file)]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_check_asks_a_server_with_and_without_a_key(sandbox: Sandbox, monkeypatch, capsys) -> None:
    monkeypatch.setenv("LEADIQ_GRAPHQL_URL", sandbox.graphql_url)
    monkeypatch.setenv("LEADIQ_PROSPECTOR_URL", sandbox.prospector_url)
    monkeypatch.setenv("LEADIQ_REQUESTS_PER_MINUTE", "6000")
    monkeypatch.delenv("LEADIQ_API_KEY", raising=False)
    assert main(["check"]) == 0
    assert "account" not in capsys.readouterr().out
    monkeypatch.setenv("LEADIQ_API_KEY", sandbox.decoded_key)
    assert main(["check"]) == 0
    told = capsys.readouterr().out
    assert "account: 1000 universal credits available." in told
    assert "whoami: sandbox@leadiq-sandbox.example." in told
    monkeypatch.setenv("LEADIQ_API_KEY", "wrong")
    assert main(["check"]) == 1
    assert "AuthenticationError" in capsys.readouterr().err
    monkeypatch.setenv("LEADIQ_GRAPHQL_URL", "http://127.0.0.1:9/graphql")
    assert main(["check"]) == 1
    assert "cannot be reached" in capsys.readouterr().err
