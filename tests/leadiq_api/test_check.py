"""``python -m leadiq_api check``: schemas that agree, schemas that drifted, files, servers."""

import functools
import json
from pathlib import Path

import pytest
from graphql import build_schema, parse, print_schema, validate

from leadiq_api.__main__ import main
from leadiq_api.check import CONTRACT_FILE, compare, read_introspection
from leadiq_api.queries import every_document
from leadiq_sandbox import Sandbox
from leadiq_sandbox.graphql_api import SCHEMA_FILE


def introspection(schema_text: str) -> dict:
    from graphql import introspection_from_schema

    return {"data": introspection_from_schema(build_schema(schema_text))}


def test_check_finds_no_drift_in_the_live_schema(contract: Path, capsys) -> None:
    assert main(["check", "--introspection", str(contract / "leadiq-introspection.json")]) == 0
    assert "all 58 documents are valid" in capsys.readouterr().out


def test_check_names_what_drifted(tmp_path: Path, capsys) -> None:
    text = SCHEMA_FILE.read_text(encoding="utf-8").replace("  hasPhone: Boolean\n", "")
    file = tmp_path / "schema.json"
    file.write_text(json.dumps(introspection(text)), encoding="utf-8")
    assert main(["check", "--introspection", str(file)]) == 1
    printed = capsys.readouterr().err
    assert "drift: searchPeoplePreview: Cannot query field 'hasPhone'" in printed
    assert printed.count("drift:") == 2


@functools.cache
def served() -> str:
    return print_schema(build_schema(SCHEMA_FILE.read_text(encoding="utf-8")))


def drop(line: str) -> tuple[str, str]:
    return f"  {line}\n", ""


# Of the sandbox's schema: what is replaced in which type, by what, and the line that reports it.
MUTATIONS = [
    # what is sent
    (
        "input SearchPeopleInput",
        drop("email: String"),
        "SearchPeopleInput.email can no longer be sent",
    ),
    ("input SearchPeopleInput", ("  email: String", "  email: [String!]"), "email is [String] now"),
    (
        "input SearchPeopleInput",
        ("  email: String", "  email: Int"),
        "email is Int now, not String",
    ),
    ("input SearchPeopleInput", ("  email: String", "  email: String!"), "email is required now"),
    ("input SearchPeopleInput", ("{", "{\n  purpose: String!"), "purpose is new and required"),
    ("input CompanyDetails", drop("domain: String"), "CompanyDetails.domain can no longer be sent"),
    ("input ContactFilter", drop("roles: [String!]"), "ContactFilter.roles can no longer be sent"),
    ("input ContactFilter", ("roles: [String!]", "roles: String"), "roles is String now"),
    ("enum Seniority ", drop("VP"), "Seniority.VP can no longer be sent"),
    (
        "enum ContactSortingOption",
        drop("NameDesc"),
        "ContactSortingOption.NameDesc can no longer be sent",
    ),
    (
        "enum EmailVerificationStatusTypeInput",
        drop("Verified"),
        "Input.Verified can no longer be sent",
    ),
    (
        "input JobChangeFilter",
        ("startedAfter: Long", "startedAfter: ZonedDateTime"),
        "startedAfter",
    ),
    (
        "type Query",
        (
            "flatAdvancedSearch(input: FlatSearchInput!)",
            "flatAdvancedSearch(input: GroupedSearchInput!)",
        ),
        "FlatSearchInput",
    ),
    (
        "type Query",
        (
            "searchCompany(input: SearchCompanyInput!)",
            "searchCompany(input: SearchCompanyInput!, region: String!)",
        ),
        "region",
    ),
    ("type Query", drop("usage: UsageMetaType!"), "Cannot query field 'usage'"),
    # what is read
    ("type CompanyInfo ", drop("industry: String"), "Cannot query field 'industry'"),
    ("type CompanyInfo ", ("phones: [String!]", "phones: String"), "CompanyInfo.phones is String"),
    ("type CompanyInfo ", ("  industry: String", "  industry: [String!]"), "industry is [String]"),
    ("type CompanyInfo ", ("revenue: Long", "revenue: String"), "CompanyInfo.revenue is String"),
    ("type UniversalPlan", ("available: Int!", "available: Int"), "available may be null now"),
    ("type UniversalPlan", ("available: Int!", "available: Float!"), "available is Float now"),
    ("type SearchResult", ("results: [PersonRecord!]", "results: PersonRecord"), "results is"),
    ("type CompanySearchResult", ("totalResults: Int!", "totalResults: Long!"), "is Long now"),
]


def changed(kind: str, old: str, new: str) -> str:
    text = served()
    start = text.index(kind)
    end = text.index("\n}", start) + 2
    body = text[start:end]
    assert old in body, body
    return text[:start] + body.replace(old, new, 1) + text[end:]


@pytest.mark.parametrize(("kind", "change", "line"), MUTATIONS)
def test_check_finds_what_breaks(
    tmp_path: Path, capsys, kind: str, change: tuple[str, str], line: str
) -> None:
    file = tmp_path / "schema.json"
    file.write_text(json.dumps(introspection(changed(kind, *change))), encoding="utf-8")
    assert main(["check", "--introspection", str(file)]) == 1
    printed = capsys.readouterr().err
    assert line in printed
    assert len(printed.splitlines()) <= 8
    assert main(["check", "--introspection", str(file), "--json"]) == 1
    assert line in " ".join(json.loads(capsys.readouterr().out)["breaks"])


def test_what_breaks_nothing_is_reported_without_failing(tmp_path: Path, capsys) -> None:
    text = changed(
        "type CompanyInfo ",
        "  industry: String",
        '  industry: String @deprecated(reason: "Ask NAICS")',
    )
    text = text.replace("type Query {", "type Query {\n  companyNews(id: ID!): String", 1)
    text = text.replace(
        "input SearchPeopleInput {", "input SearchPeopleInput {\n  purpose: String", 1
    )
    file = tmp_path / "schema.json"
    file.write_text(json.dumps(introspection(text)), encoding="utf-8")
    assert main(["check", "--introspection", str(file)]) == 0
    printed = capsys.readouterr().out
    assert "deprecated: CompanyInfo.industry: Ask NAICS" in printed
    assert "new on the server: Query.companyNews, " in printed
    assert "SearchPeopleInput.purpose" in printed
    assert main(["check", "--introspection", str(file), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["breaks"] == []
    assert "SearchPeopleInput.purpose" in report["new"]


def test_the_contract_is_what_the_documents_need_and_the_service_has(contract: Path) -> None:
    ours = build_schema(CONTRACT_FILE.read_text(encoding="utf-8"))
    for name, document in every_document().items():
        assert validate(ours, parse(document)) == [], name
    report = compare(read_introspection(contract / "leadiq-introspection.json"))
    assert (report.breaks, report.new) == ([], [])


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
    printed = capsys.readouterr().out
    assert "account: 1000 universal credits available." in printed
    assert "whoami: sandbox@leadiq-sandbox.example." in printed
    monkeypatch.setenv("LEADIQ_API_KEY", "wrong")
    assert main(["check"]) == 1
    assert "AuthenticationError" in capsys.readouterr().err
    monkeypatch.setenv("LEADIQ_GRAPHQL_URL", "http://127.0.0.1:9/graphql")
    assert main(["check"]) == 1
    assert "cannot be reached" in capsys.readouterr().err
