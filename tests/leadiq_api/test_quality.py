"""What a lookup accepts: as the schema has it, as it is stored, in words."""

import json
from pathlib import Path
from typing import Any

import pytest
from graphql import build_client_schema
from graphql.utilities import coerce_input_value
from hypothesis import given
from hypothesis import strategies as st

from leadiq_api.quality import ANY_QUALITY, Quality, wants_work_emails

EVERYTHING = Quality(verified_emails=True, better_phones=True, min_confidence=80)
QUALITIES = st.builds(Quality, st.booleans(), st.booleans(), st.integers(0, 100))


def test_the_fields_are_those_of_the_api() -> None:
    assert EVERYTHING.fields() == {
        "workEmailStatusIn": ["Verified", "VerifiedLikely"],
        "qualityFilter": {"phone": "HigherQualityPhones"},
        "minConfidence": 80,
    }
    assert ANY_QUALITY.fields() == {}


def test_the_live_schema_takes_them(contract: Path) -> None:
    introspection = json.loads((contract / "leadiq-introspection.json").read_text("utf-8"))
    schema = build_client_schema(introspection["data"])
    input = {"email": "jane@acme.com", "limit": 1, **EVERYTHING.fields()}
    assert coerce_input_value(input, schema.type_map["SearchPeopleInput"])


@given(QUALITIES)
def test_it_is_read_as_it_was_written(quality: Quality) -> None:
    assert Quality.of({"email": "jane@acme.com", **quality.fields()}) == quality
    assert Quality.from_text(quality.to_text()) == quality
    assert len(quality.to_text()) <= 60  # the column of the ledger
    assert bool(quality.label) == bool(quality.to_text()) == (quality != ANY_QUALITY)


def test_in_words() -> None:
    assert EVERYTHING.label == (
        "verified work emails, higher-quality phones, match confidence of at least 80"
    )


@pytest.mark.parametrize(
    "input",
    [{}, {"workEmailStatusIn": None, "qualityFilter": None, "minConfidence": None}],
)
def test_an_input_that_says_nothing_accepts_anything(input: dict[str, Any]) -> None:
    assert Quality.of(input) == ANY_QUALITY
    assert not wants_work_emails(input)
