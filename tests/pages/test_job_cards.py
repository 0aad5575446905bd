"""What a job's own card offers: the rest after the first rows, the review, other kinds of jobs."""

import pytest

from dashboard import data
from dashboard.jobs.model import (
    CONTINUED,
    Decision,
    JobSettings,
    JobState,
    Row,
    RowKind,
    RowState,
)
from dashboard.jobs.records import JobRecords
from leadiq_sandbox import Sandbox, words
from tests.conftest import client_of
from tests.pages.conftest import Open, text_of
from tests.pages.driver import button, in_mode, somebody, wait_for_end

pytestmark = pytest.mark.usefixtures("short_waits", "closed_jobs")


def test_the_first_ten_then_the_rest_of_the_same_job(account: Sandbox, open_page: Open) -> None:
    lines = "\n".join(["LeadIQ id", *account.world.person_ids[:30]]).encode()
    app = in_mode(open_page("people_search"), "Upload a file")
    app.file_uploader[0].upload("people.csv", lines, "text/csv").run()
    button(app, "The first 10 · up to 1 UC").click().run()
    app = wait_for_end(app, account)
    assert "10 found" in text_of(app)
    assert account.store.used == 1
    assert not [one for one in app.button if one.label == "Resume"]
    button(app, r"Look up the other 20 · people.csv · up to 2 UC").click().run()
    app = wait_for_end(app, account)
    assert "30 found" in text_of(app)
    assert account.store.used == 3
    assert len(JobRecords(data.ledger()).jobs(client_of(account).fingerprint)) == 1
    # The same file is recognised.
    app.file_uploader[0].upload("again.csv", lines, "text/csv").run()
    assert "Enriched on" in text_of(app)
    assert not button(app, "Open").click().run().exception


def test_who_may_be_somebody_else_is_reviewed(account: Sandbox, open_page: Open) -> None:
    account.graphql.index.lookup.impostors = 1.0
    world = account.world
    people = [i for i in range(40) if world.work_email[i] and not world.oddity[i]][:4]
    lines = ["Email", *(world.work_address(i) for i in people)]
    app = in_mode(open_page("people_search"), "Upload a file")
    app.file_uploader[0].upload("people.csv", "\n".join(lines).encode(), "text/csv").run()
    button(app, "Look up 4 people").click().run()
    app = wait_for_end(app, account)
    assert "4 to check" in text_of(app)
    assert "This decides on every match at once" in text_of(app)  # all are decided after asking
    assert "does not fit the name" in text_of(app)
    button(app, "Keep").click().run()
    button(app, "Drop").click().run()
    app = button(app, "Report").click().run()
    assert not app.exception
    assert "1 to check" in text_of(app)
    (feedback,) = account.graphql.feedback
    assert (feedback["value"], feedback["invalidReason"]) == (lines[3], "WrongPerson")
    records = JobRecords(data.ledger())
    (job,) = records.jobs(client_of(account).fingerprint)
    decisions = [row.decision for row in records.rows(job.id)]
    assert decisions == [Decision.KEPT, Decision.DROPPED, Decision.DROPPED, None]
    new = next(one for one in app.text_input if one.label == "…or a new list")
    new.set_value("Checked")
    button(app, "Add to the list").click().run()
    wait_for_end(app, account)
    (made,) = client_of(account).lists()
    (listed,) = client_of(account).list_prospects(made["id"])
    assert listed["personId"] == next(iter(records.rows(job.id))).person


def test_the_addresses_of_a_file_are_verified(account: Sandbox, open_page: Open) -> None:
    app = in_mode(open_page("people_search"), "Upload a file")
    lines = b"Email\njane@acme.com\nJANE@acme.com\njo@acme.com"
    app.file_uploader[0].upload("people.csv", lines, "text/csv").run()
    app = app.button_group(key="bulk_what").set_value("Verify email addresses").run()
    assert "**2 addresses** in 3 rows" in text_of(app)
    button(app, "Verify 2 addresses · up to 0.2 UC").click().run()
    app = wait_for_end(app, account)
    assert not app.exception
    assert "2 verified" in text_of(app)


def test_the_people_of_a_list_are_a_source(account: Sandbox, open_page: Open) -> None:
    client, world, i = client_of(account), account.world, somebody(account)
    list_id = client.create_list("Pilots")["id"]
    person = {
        "firstName": words.FIRST_NAMES[world.first[i]],
        "lastName": words.LAST_NAMES[world.last[i]],
        "personId": world.person_ids[i],
    }
    client.add_prospects(list_id, [person])
    app = in_mode(open_page("people_search"), "From a list")
    button(app, "Look up 1 person · up to 0.1 UC").click().run()
    app = wait_for_end(app, account)
    assert not app.exception
    assert "1 found" in text_of(app)
    # Nobody is listed twice.
    form = next(one for one in app.selectbox if one.label == "Add up to 1 person to a list")
    form.set_value(list_id)
    button(app, "Add to the list").click().run()
    wait_for_end(app, account)
    assert len(client.list_prospects(list_id)) == 1


def test_running_jobs_are_in_the_sidebar_of_every_page(account: Sandbox, open_page: Open) -> None:
    row = Row(0, RowKind.PERSON, RowState.WAITING, "id:x", {"id": "x"}, ("x",))
    settings = JobSettings(data_points=(), prices={}, columns=("LeadIQ id",))
    fingerprint = client_of(account).fingerprint
    JobRecords(data.ledger()).create(fingerprint, "t", "mine", settings, [row])
    bars = open_page("usage").sidebar.get("progress")
    assert [bar.proto.text for bar in bars] == ["mine · 0 of 1"]


@pytest.mark.parametrize("reason", ["Stopped by you.", CONTINUED])
def test_a_job_whose_rest_another_one_has_offers_nothing_that_it_would_not_do(
    account: Sandbox, open_page: Open, reason: str
) -> None:
    records, states = JobRecords(data.ledger()), (RowState.FOUND, RowState.NEEDS_DECISION)
    settings = JobSettings(data_points=(), prices={"Profile": "0.1"}, columns=("LeadIQ id",))
    rows = [
        Row(index, RowKind.PERSON, state, f"id:{index}", {"id": str(index)}, (str(index),))
        for index, state in enumerate(states)
    ]
    job = records.create(client_of(account).fingerprint, "t", "people", settings, rows)
    records.set_state(job, JobState.STOPPED, reason)
    app = in_mode(open_page("people_search"), "From a search")
    assert not app.exception
    offered = {one.label.partition(" · ")[0] for one in [*app.button, *app.get("download_button")]}
    changing = {"Resume", "Look up 1 again", "Add to the list"}
    assert offered & changing == (set() if reason == CONTINUED else changing)
    assert "Download CSV" in offered
