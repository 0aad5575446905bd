"""What is stored of a job, by this version and by older ones."""

import json
from pathlib import Path

import pytest

from dashboard.jobs import report
from dashboard.jobs.model import (
    Baseline,
    Decision,
    JobSettings,
    JobState,
    ListOutcome,
    ListStatus,
    Progress,
    RequestState,
    RowKind,
    RowState,
)
from dashboard.jobs.records import JobRecords
from dashboard.ledger.ledger import Ledger

# Settings as 6ad7b33 wrote them.
OLD_SETTINGS = (
    '{"data_points": ["email"], "prices": {"Profile": "0.1"}, "columns": ["Größe"], '
    '"budget": "60", "most_uc": "55", "operation": "flatAdvancedSearch", "search": {"a": 1}, '
    '"most": 40, "list_id": "7", "list_name": "Old", "list_begun": true, "source": "f0", '
    '"baseline": [5, 1795619819503], "free_again": true, "proofs": 2, "proof_events": [3, 4], '
    '"people_per_request": 6}'
)


def test_settings_of_older_versions_are_read_and_written_as_they_were() -> None:
    settings = JobSettings.from_json(OLD_SETTINGS)
    assert settings == JobSettings(
        data_points=("email",),
        prices={"Profile": "0.1"},
        columns=("Größe",),
        budget="60",
        max_uc="55",
        operation="flatAdvancedSearch",
        search={"a": 1},
        max_people=40,
        list_id="7",
        list_name="Old",
        list_started=True,
        fingerprint="f0",
        baseline=Baseline(5, 1795619819503),
        repeat_is_free=True,
        probes=2,
        probe_events=(3, 4),
        people_per_request=6,
    )
    added: dict[str, object] = {"delimiter": ",", "fields": {}, "owner": "", "content": ""}
    added |= {"check_below": 0, "include_unchecked": False, "written": []}
    added["only_list"] = False
    assert json.loads(settings.to_json()) == json.loads(OLD_SETTINGS) | added


def test_stored_values_keep_their_spelling() -> None:
    assert [*JobState] == ["running", "paused", "stopped", "done"]
    assert [*RowState] == [
        "waiting",
        "sent",
        "found",
        "not_found",
        "failed",
        "unknown",
        "undecided",
        "invalid",
        "repeated",
        "held",
    ]
    assert [*Decision] == ["kept", "dropped"]
    assert [*RowKind] == ["page", "person"]
    assert RowKind.PAGE.value < RowKind.PERSON.value  # pages are claimed first
    assert [*RequestState] == ["claimed", "sending", "answered", "unanswered"]


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("", None),
        ("added", ListOutcome(ListStatus.ADDED)),
        ("on it already", ListOutcome(ListStatus.ALREADY_LISTED)),
        ("no first or last name", ListOutcome(ListStatus.NAMELESS)),
        ("repeated", ListOutcome(ListStatus.DUPLICATE)),
        ("refused: title: is too long", ListOutcome(ListStatus.REFUSED, "title: is too long")),
        ("refused: ", ListOutcome(ListStatus.REFUSED)),
    ],
)
def test_list_outcomes_of_older_versions_are_read_and_shown_in_the_same_words(
    text: str, outcome: ListOutcome | None
) -> None:
    assert ListOutcome.from_text(text) == outcome
    assert report.list_label(outcome) == text


@pytest.mark.parametrize("status", ListStatus)
@pytest.mark.parametrize("reason", ["", "taken", "a: b"])
def test_a_list_outcome_is_stored_as_a_code(status: ListStatus, reason: str) -> None:
    outcome = ListOutcome(status, reason)
    assert outcome.to_text() == f"{status.value}: {reason}".removesuffix(": ")
    assert ListOutcome.from_text(outcome.to_text()) == outcome


def test_progress_counts_what_is_sent_and_what_has_ended() -> None:
    people = {state: 10**place for place, state in enumerate(RowState)}
    listed = {ListStatus.ADDED: 2, ListStatus.ALREADY_LISTED: 3, ListStatus.REFUSED: 50}
    progress = Progress(people, {RowState.SENT: 5}, 0, 0, listed, 0, 4, {Decision.KEPT: 1})
    assert progress.total == 1_001_111_111
    assert progress.unchecked == 3
    assert progress.processed == 1_011_100
    assert progress.on_list == 5
    assert progress.count(RowState.SENT) == 15


def test_settings_are_changed_one_by_one(tmp_path: Path) -> None:
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    records = JobRecords(ledger)
    job_id = records.create("a", "u", "n", JobSettings.from_json(OLD_SETTINGS), [])
    records.update_settings(job_id, budget="70", baseline=None)
    with records.writing() as db:
        records.add_probe_event(job_id, db, 5)
    job = records.job(job_id)
    assert job is not None
    assert (job.settings.budget, job.settings.baseline) == ("70", None)
    assert job.settings.probe_events == (3, 4, 5)
    with pytest.raises(TypeError):
        records.update_settings(job_id, most_uc="1")
    ledger.close()
