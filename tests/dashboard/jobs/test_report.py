"""A job's results and the figures of its report."""

from pathlib import Path

import pytest

from dashboard.jobs import report
from dashboard.jobs.model import (
    Job,
    JobSettings,
    JobState,
    ListOutcome,
    ListStatus,
    Row,
    RowKind,
    RowState,
)
from dashboard.jobs.records import JobRecords
from dashboard.ledger.ledger import Ledger


def test_outcomes_of_a_job_leave_out_what_is_zero() -> None:
    people = {RowState.FOUND: 7, RowState.DUPLICATE: 2, RowState.WAITING: 0, RowState.SENT: 3}
    frame = report.job_outcomes(people, 5, 0)
    assert [*frame.itertuples(index=False, name=None)] == [
        ("Found", 7),
        ("With email", 5),
        ("Duplicates", 2),
    ]


def test_match_rates_count_only_answers() -> None:
    frame = report.match_rates(
        {
            ("email", RowState.FOUND): 3,
            ("email", RowState.NOT_FOUND): 1,
            ("email", RowState.FAILED): 5,
            ("name", RowState.WAITING): 9,
        }
    )
    assert [*frame.itertuples(index=False, name=None)] == [("Email", 4, 3, 0.75)]


@pytest.mark.parametrize(
    ("input", "matched_by"),
    [
        ({"linkedinUrl": "https://www.linkedin.com/in/ada"}, "LinkedIn URL"),
        ({"email": "ada@engine.example"}, "Email"),
        ({"hashedEmail": "0" * 64}, "Email, hashed"),
        ({"fullName": "Ada Byron", "company": {"name": "Engine"}}, "Name, company"),
        ({"phone": "+16035550101", "fullName": "Ada Byron"}, "Phone"),
    ],
)
def test_a_result_says_by_what_a_person_was_found(input: dict, matched_by: str) -> None:
    job = Job("j", "a", "u", "n", JobState.DONE, "", 1, 0, 0, JobSettings((), {}))
    row = Row(0, RowKind.PERSON, RowState.FOUND, "x", input, answer={"id": "1"})
    assert report.result_frame(job, [row], {})["leadiq_matched_by"].tolist() == [matched_by]
    lost = Row(0, RowKind.PERSON, RowState.NOT_FOUND, "x", input)
    assert report.result_frame(job, [lost], {})["leadiq_matched_by"].tolist() == [""]


def test_every_state_and_every_list_status_has_its_words() -> None:
    assert {*report.STATE_LABELS} == {*RowState} - {RowState.SENT}
    assert {*report.LIST_LABELS} == {*ListStatus}


@pytest.mark.parametrize("chunk", [1, 2, 1_000])
def test_a_duplicate_has_the_answer_of_its_row_over_chunks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(report, "CHUNK_ROWS", chunk)
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    records = JobRecords(ledger)
    rows = [
        Row(0, RowKind.PERSON, RowState.WAITING, "id:1", {"id": "1"}, ("=1",)),
        Row(1, RowKind.PERSON, RowState.WAITING, "id:2", {"id": "2"}, ("b",)),
        Row(2, RowKind.PERSON, RowState.DUPLICATE, "id:1", {"same_as": 0}, ("c",), problem="why"),
    ]
    settings = JobSettings((), {}, columns=("own",), list_name="Mine")
    job = records.job(records.create("a", "u", "n", settings, rows))
    assert job is not None
    claimed = records.claim(job.id, "request", 1)
    with records.writing() as db:
        update = {"state": RowState.FOUND, "person": "1", "answer": '{"id": "1"}'}
        records.record_answer(db, job.id, "request", {claimed[0].index: update}, 0)
    records.set_listed(job.id, {0: ListOutcome(ListStatus.REFUSED, "too: long")})
    lines = b"".join(report.result_csv(records, job)).decode("utf-8-sig").splitlines()
    names = ("status", "note", "match", "matched_by", "person_id", "name")
    assert lines[0].startswith("own," + "".join(f"leadiq_{name}," for name in names))
    assert lines[0].endswith(",leadiq_list")
    assert [line.split(",")[:6] for line in lines[1:]] == [
        ["=1", "found", "", "exact", "LeadIQ id", "1"],
        ["b", "not sent", "", "", "", ""],
        ["c", "duplicate", "why", "exact", "LeadIQ id", "1"],
    ]
    assert [line.rpartition(",")[2] for line in lines[1:]] == ["refused: too: long", "", ""]
    ledger.close()
