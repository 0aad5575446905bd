"""Writing to lists: nothing is doubled or lost, whatever happens to an answer."""

from collections import Counter

import pytest

from dashboard.lists import writing
from dashboard.lists.writing import (
    WriteResult,
    add_prospects,
    create_list,
    reasons_by_index,
)
from leadiq_api import InvalidRequestError, LeadIQError, ServiceError
from leadiq_sandbox import Sandbox
from tests.conftest import client_of

PEOPLE = [
    {"firstName": f"N{n}", "lastName": "X", "workEmail": f"n{n}@a.example"} for n in range(230)
]


@pytest.fixture(autouse=True)
def quick_reads(monkeypatch: pytest.MonkeyPatch) -> None:
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
    result = add_prospects(client, list_id, PEOPLE, range(230))
    written = emails(sandbox, list_id)
    assert max(written.values(), default=1) == 1
    assert {PEOPLE[index]["workEmail"] for index in result.added} == {*written}
    assert result.unconfirmed == []
    assert sorted([*result.added, *result.unsent]) == [*range(230)]
    if not result.unsent:
        return
    # What was not sent is reported, and can be added by itself.
    again = add_prospects(client_of(sandbox), list_id, PEOPLE, result.unsent)
    assert sorted([*result.added, *again.added]) == [*range(230)]
    assert emails(sandbox, list_id) == Counter(row["workEmail"] for row in PEOPLE)


def test_repeated_people_that_were_chosen_are_written_as_often(
    sandbox: Sandbox, list_id: str
) -> None:
    sandbox.faults.choose(["lost:1"])
    result = add_prospects(client_of(sandbox), list_id, [PEOPLE[0]] * 3, range(3))
    assert result.added == [0, 1, 2]
    assert emails(sandbox, list_id) == {"n0@a.example": 3}


def test_what_cannot_be_read_back_is_unconfirmed(sandbox: Sandbox, list_id: str) -> None:
    client = client_of(sandbox)
    real = client.list_prospects
    reads = iter(range(10))

    def unreadable(of: str) -> list[dict]:
        if next(reads):
            raise ServiceError("gone")
        return real(of)

    client.list_prospects = unreadable  # type: ignore[method-assign]
    sandbox.faults.choose(["lost:1"])
    result = add_prospects(client, list_id, PEOPLE, range(3))
    assert (result.added, result.unconfirmed, result.unsent) == ([], [0, 1, 2], [])


def test_refused_rows_keep_the_others(sandbox: Sandbox, list_id: str) -> None:
    people = [PEOPLE[0], PEOPLE[1] | {"companyId": "nobody"}, PEOPLE[2] | {"workEmail": "x"}]
    result = add_prospects(client_of(sandbox), list_id, people, range(3))
    assert result.added == [0]
    assert sorted(result.failed) == [
        (1, "companyId nobody is unknown"),
        (2, "workEmail must be an email address"),
    ]


def test_a_refusal_stops_and_reports_what_was_not_sent(sandbox: Sandbox, list_id: str) -> None:
    client = client_of(sandbox)
    client.list_prospects(list_id)
    sandbox.faults.choose(["401:4"])  # three reads and writes go well
    result = add_prospects(client, list_id, PEOPLE, range(230))
    assert result.error is not None
    assert result.error.status == 401
    assert result.added + result.unsent == [*range(230)]
    assert len(emails(sandbox, list_id)) == len(result.added)


def test_progress_is_reported_after_each_batch(sandbox: Sandbox, list_id: str) -> None:
    progress: list[int] = []
    add_prospects(client_of(sandbox), list_id, PEOPLE, range(230), on_progress=progress.append)
    assert progress == [100, 200, 230]


def test_what_was_written_is_known_although_the_caller_is_stopped(
    sandbox: Sandbox, list_id: str
) -> None:
    """As Streamlit stops the run of a page where it draws, by an exception that is no Exception."""

    def draw(_: int) -> None:
        raise KeyboardInterrupt

    result = WriteResult()
    with pytest.raises(KeyboardInterrupt):
        add_prospects(
            client_of(sandbox), list_id, PEOPLE, range(230), on_progress=draw, result=result
        )
    assert (result.added, result.unsent) == ([*range(100)], [*range(100, 230)])
    assert len(emails(sandbox, list_id)) == 100


def test_the_caller_can_stop_between_batches(sandbox: Sandbox, list_id: str) -> None:
    result = add_prospects(
        client_of(sandbox), list_id, PEOPLE, range(230), should_continue=lambda: False
    )
    assert (result.added, result.unsent) == ([*range(100)], [*range(100, 230)])
    assert not result.is_complete
    assert len(emails(sandbox, list_id)) == 100


def test_new_prospects_that_match_no_input_make_missing_ones_unconfirmed(
    sandbox: Sandbox, list_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else adds a prospect while our request is lost."""
    client = client_of(sandbox)

    def lose(*_: object) -> None:
        client_of(sandbox).add_prospects(list_id, [PEOPLE[9]])
        raise ServiceError("lost")

    monkeypatch.setattr(client, "add_prospects", lose)
    result = add_prospects(client, list_id, PEOPLE, range(2))
    assert (result.added, result.unconfirmed, result.unsent) == ([], [0, 1], [])


def test_what_a_failed_request_reports_as_written_is_added(
    sandbox: Sandbox, list_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(sandbox)

    def fail(*_: object) -> None:
        raise InvalidRequestError("no", status=413, data={"succeeded": [PEOPLE[1]]})

    monkeypatch.setattr(client, "add_prospects", fail)
    result = add_prospects(client, list_id, PEOPLE, range(3))
    assert (result.added, result.unsent) == ([1], [0, 2])


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


def test_details_of_a_rejected_batch_name_its_rows() -> None:
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
    result = add_prospects(client, list_id, PEOPLE[:1], [0])
    assert (result.failed, result.unsent) == ([], [0])
    assert isinstance(result.error, InvalidRequestError)


def test_who_was_added_since_the_list_was_read_is_left_out(sandbox: Sandbox, list_id: str) -> None:
    client = client_of(sandbox)
    client.add_prospects(list_id, [PEOPLE[0]])
    known = {row["id"] for row in client.list_prospects(list_id)}
    client.add_prospects(list_id, [PEOPLE[1] | {"firstName": "Anne"}])  # a colleague's, by email
    result = add_prospects(client, list_id, PEOPLE, range(3), known=known)
    assert (result.added, result.listed, result.unsent) == ([0, 2], [1], [])  # 0 as was chosen
    assert result.is_complete
    expected = {PEOPLE[n]["workEmail"]: 1 + (n == 0) for n in range(3)}
    assert emails(sandbox, list_id) == expected
