"""``python -m leadiq_api check``: schemas that agree, schemas that drifted, files, servers."""

import json
from pathlib import Path

import pytest
from graphql import build_schema

from leadiq_api.__main__ import main
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
