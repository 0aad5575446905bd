"""What an input does not accept is not returned, and not charged."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from leadiq_api import InvalidRequestError
from leadiq_api.quality import Quality
from leadiq_sandbox import Sandbox
from leadiq_sandbox.world import EMAIL_CODES, PHONE_CODES, World
from tests.conftest import client_of

VERIFIED = Quality(verified_emails=True).fields()
BETTER = Quality(better_phones=True).fields()


def somebody(sandbox: Sandbox, fits: Callable[[World, int], bool]) -> int:
    world = sandbox.world
    return next(i for i in range(world.people) if not world.oddity[i] and fits(world, i))


def look_up(sandbox: Sandbox, input: dict[str, Any], *points: str) -> list[dict[str, Any]]:
    return client_of(sandbox).search_people({"limit": 1, **input}, data_points=points)["results"]


@pytest.mark.parametrize("status", EMAIL_CODES)
def test_a_work_email_that_is_not_verified_is_not_returned_and_not_charged(
    sandbox: Sandbox, status: str
) -> None:
    """The published case d12: a verified work address or nothing."""
    i = somebody(
        sandbox,
        lambda world, i: (
            EMAIL_CODES[world.work_email[i]] == status and world.personal_email[i] == 1
        ),
    )
    input = {"email": sandbox.world.personal_address(i)}
    people = look_up(sandbox, input | VERIFIED, "email")
    if status in ("Verified", "VerifiedLikely"):
        (person,) = people
        assert [e["status"] for e in person["currentPositions"][0]["emails"]] == [status]
        assert "personalEmails" not in person  # would be charged, too
        assert sandbox.store.used == 1
    else:
        assert people == []
        assert sandbox.store.used == 0
    (person,) = look_up(sandbox, input, "email")
    assert len(person["personalEmails"]) == 1


@pytest.mark.parametrize(
    ("mobile", "line", "better"),
    [
        ("Verified", "", ["PersonalMobile"]),
        ("LikelyAccurate", "LikelyAccurate", ["PersonalMobile"]),
        ("", "Verified", ["WorkPhone"]),
        ("", "LikelyAccurate", []),
    ],
)
def test_a_phone_of_less_quality_is_not_returned_and_not_charged(
    sandbox: Sandbox, mobile: str, line: str, better: list[str]
) -> None:
    i = somebody(
        sandbox,
        lambda world, i: (
            (PHONE_CODES[world.mobile[i]], PHONE_CODES[world.work_phone[i]]) == (mobile, line)
        ),
    )
    input = {"id": sandbox.world.person_ids[i]}
    (person,) = look_up(sandbox, input | BETTER, "phone")
    phones = person["personalPhones"] + person["currentPositions"][0]["phones"]
    assert [phone["type"] for phone in phones] == better
    assert sandbox.store.used == (10 if better else Decimal("0.1"))


def test_a_match_below_the_confidence_is_not_found_and_not_charged(sandbox: Sandbox) -> None:
    i = somebody(sandbox, lambda world, i: world.work_email[i] == 1)
    person = client_of(sandbox).search_people({"id": sandbox.world.person_ids[i]}, data_points=())[
        "results"
    ][0]
    used = sandbox.store.used
    name = {"fullName": person["name"]["fullName"]}
    company = {"company": {"domain": sandbox.world.domains[sandbox.world.company[i]]}}
    address = {"email": sandbox.world.work_address(i)}
    for input, confidence in ((name, 60), (name | company, 90), (address, 100)):
        (found,) = look_up(sandbox, {**input, "minConfidence": confidence})
        assert found["confidence"] == confidence
        used = sandbox.store.used
        if confidence < 100:
            assert look_up(sandbox, {**input, "minConfidence": confidence + 1}, "email") == []
            assert sandbox.store.used == used


@pytest.mark.parametrize("confidence", [-1, 101])
def test_a_confidence_is_a_percentage(sandbox: Sandbox, confidence: int) -> None:
    with pytest.raises(InvalidRequestError, match="minConfidence must be 0 to 100"):
        look_up(sandbox, {"email": "a@b.example", "minConfidence": confidence})
