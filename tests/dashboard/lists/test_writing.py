"""Writing to lists: nothing doubled and nothing lost, whatever becomes of an answer."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from dashboard.ledger.ledger import Ledger
from dashboard.ledger.payments import Payments
from dashboard.lists import writing
from dashboard.lists.writing import (
    add_prospects,
    create_list,
    identity_keys,
    plan_additions,
    reasons_by_index,
    verify_email,
)
from leadiq_api import InvalidRequestError, LeadIQError, ServiceError
from leadiq_api.credits import DEFAULT_PRICES
from leadiq_sandbox import Sandbox
from tests.conftest import client_of

PEOPLE = [
    {"firstName": f"N{n}", "lastName": "X", "workEmail": f"n{n}@a.example"} for n in range(230)
]


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "SETTLE_SECONDS", 0.01)


@pytest.fixture
def list_id(sandbox: Sandbox) -> str:
    return str(client_of(sandbox).create_list("Pilots")["id"])


def emails(sandbox: Sandbox, list_id: str) -> Counter[str]:
    sandbox.faults.choose([])
    return Counter(row["workEmail"] for row in client_of(sandbox).list_prospects(list_id))


@pytest.mark.parametrize(
    "faults",
    [
        [],
        ["lost:1"],
        ["lost:3"],
        ["reset:3"],
        ["502-html:5"],
        ["429:3"],
        ["truncated:6"],
        ["lost:2", "reset:5"],
        ["502:2"],
        ["bad-json:4"],
    ],
)
def test_every_prospect_is_there_once(sandbox: Sandbox, list_id: str, faults: list[str]) -> None:
    client = client_of(sandbox, deadline=2.0)
    sandbox.faults.choose(faults)
    done = add_prospects(client, list_id, PEOPLE, range(230))
    found = emails(sandbox, list_id)
    assert max(found.values(), default=1) == 1
    assert {PEOPLE[place]["workEmail"] for place in done.added} == {*found}
    assert done.unconfirmed == []
    assert sorted([*done.added, *done.unsent]) == [*range(230)]
    if not done.unsent:
        return
    # What was not sent is said, and goes in by adding just that.
    again = add_prospects(client_of(sandbox), list_id, PEOPLE, done.unsent)
    assert sorted([*done.added, *again.added]) == [*range(230)]
    assert emails(sandbox, list_id) == Counter(row["workEmail"] for row in PEOPLE)


def test_repeated_people_that_were_chosen_are_written_as_often(
    sandbox: Sandbox, list_id: str
) -> None:
    sandbox.faults.choose(["lost:1"])
    done = add_prospects(client_of(sandbox), list_id, [PEOPLE[0]] * 3, range(3))
    assert done.added == [0, 1, 2]
    assert emails(sandbox, list_id) == {"n0@a.example": 3}


def test_what_cannot_be_told_is_asked(sandbox: Sandbox, list_id: str) -> None:
    client = client_of(sandbox)
    real = client.list_prospects
    looks = iter(range(10))

    def unreadable(of: str) -> list[dict]:
        if next(looks):
            raise ServiceError("gone")
        return real(of)

    client.list_prospects = unreadable  # type: ignore[method-assign]
    sandbox.faults.choose(["lost:1"])
    done = add_prospects(client, list_id, PEOPLE, range(3))
    assert (done.added, done.unconfirmed, done.unsent) == ([], [0, 1, 2], [])


def test_refused_rows_keep_the_others(sandbox: Sandbox, list_id: str) -> None:
    people = [PEOPLE[0], PEOPLE[1] | {"companyId": "nobody"}, PEOPLE[2] | {"workEmail": "x"}]
    done = add_prospects(client_of(sandbox), list_id, people, range(3))
    assert done.added == [0]
    assert sorted(done.failed) == [
        (1, "companyId nobody is unknown"),
        (2, "workEmail must be an email address"),
    ]


def test_a_refusal_stops_and_says_what_was_not_sent(sandbox: Sandbox, list_id: str) -> None:
    client = client_of(sandbox)
    client.list_prospects(list_id)
    sandbox.faults.choose(["401:4"])  # three reads and writes go well
    done = add_prospects(client, list_id, PEOPLE, range(230))
    assert done.error is not None
    assert done.error.status == 401
    assert done.added + done.unsent == [*range(230)]
    assert len(emails(sandbox, list_id)) == len(done.added)


def test_a_person_is_known_by_id_email_linkedin_or_name() -> None:
    assert identity_keys({"personId": "P", "workEmail": " A@b.example "}) == {
        ("person", "P"),
        ("email", "a@b.example"),
    }
    url = "https://www.LinkedIn.com/in/Ada/?x=1"
    assert identity_keys({"linkedinUrl": url}) == {("linkedin", "in/ada")}
    by_name = {("name", "ada byron engine")}
    assert identity_keys({"firstName": "Ada", "lastName": "Byron", "company": "Engine"}) == by_name
    assert identity_keys(
        {"firstName": "ada", "lastName": "Byron", "company": {"name": "Engine"}}
    ) == (by_name)


def test_a_plan_finds_the_repeated_the_listed_and_the_saved() -> None:
    listed, saved = {"id": "1", **PEOPLE[1]}, {"id": "2", **PEOPLE[2]}
    found = plan_additions([PEOPLE[0], PEOPLE[0], PEOPLE[1], PEOPLE[2]], [listed], [listed, saved])
    assert (found.new, found.repeated) == ((0,), (1,))
    assert (found.listed, found.saved) == (((2, listed),), ((3, saved),))


@given(some.lists(some.sampled_from(PEOPLE[:6])), some.lists(some.sampled_from(PEOPLE[:6])))
def test_a_plan_leaves_nobody_out_and_doubles_nobody(inputs: list, listed: list) -> None:
    found = plan_additions(inputs, [{"id": "1", **row} for row in listed])
    places = [*found.new, *found.repeated, *(place for place, _ in found.listed)]
    assert sorted(places) == [*range(len(inputs))]
    there = {row["workEmail"] for row in listed}
    new = [inputs[place]["workEmail"] for place in found.new]
    assert len({*new}) == len(new)
    assert {*new} == {row["workEmail"] for row in inputs} - there


def test_a_list_is_created_once_though_its_answer_is_lost(sandbox: Sandbox) -> None:
    client = client_of(sandbox)
    sandbox.faults.choose(["lost:1"])
    made = create_list(client, "One", "", [])
    assert [row["id"] for row in client.lists()] == [made["id"]]
    sandbox.faults.choose([])
    with pytest.raises(LeadIQError) as raised:
        create_list(client, "one", "", [made["id"]])
    assert raised.value.status == 409
    sandbox.faults.choose(["reset:3"])
    assert create_list(client, "Two", "", [made["id"]])["name"] == "Two"


def test_details_name_the_rows() -> None:
    assert reasons_by_index([{"path": "3.workEmail", "message": "no"}, {"path": "x"}, 5]) == {
        3: "workEmail no"
    }
    assert reasons_by_index({"a": 1}) == {}
    assert reasons_by_index([{"path": "²", "message": "no"}, {"path": "9" * 5000}]) == {}


def test_a_row_that_was_not_sent_is_not_refused(
    sandbox: Sandbox, list_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(sandbox)

    def refuse(*_: object) -> None:
        data = {"details": [{"path": "7.workEmail", "message": "no"}]}
        raise InvalidRequestError("no", status=422, data=data)

    monkeypatch.setattr(client, "add_prospects", refuse)
    done = add_prospects(client, list_id, PEOPLE[:1], [0])
    assert (done.failed, done.unsent) == ([], [0])
    assert isinstance(done.error, InvalidRequestError)


def test_a_verification_is_paid_once(sandbox: Sandbox, list_id: str, tmp_path: Path) -> None:
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    client = client_of(sandbox)
    payments = Payments(ledger, client.fingerprint, "me", "Lists", DEFAULT_PRICES)
    add_prospects(client, list_id, PEOPLE, range(1))
    (prospect,) = client.list_prospects(list_id)
    sandbox.faults.choose(["502:1"])
    with pytest.raises(ServiceError):
        verify_email(payments, client, prospect)
    assert sandbox.store.used == 0
    sandbox.faults.choose(["502:2"])
    client.whoami()
    status = verify_email(payments, client, prospect)  # refused once, then done
    assert sandbox.store.used == Decimal("0.1")
    assert status in ("Verified", "VerifiedLikely", "Unverified", "Invalid")
    (prospect,) = client.list_prospects(list_id)
    sandbox.faults.choose(["lost:1"])
    assert verify_email(payments, client, prospect) == status  # read back, not sent again
    assert sandbox.store.used == Decimal("0.2")
    ledger.close()
