"""People search from a file and from a saved search, as a user drives it."""

import time
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from dbos import DBOS
from streamlit.testing.v1 import AppTest

from dashboard import data
from dashboard.formatting import escape_markdown, uc
from dashboard.jobs import deletion, report
from dashboard.jobs.model import JobSettings, JobState, Row, RowKind, RowState
from dashboard.jobs.records import JobRecords
from dashboard.ledger.database import LedgerError
from dashboard.ledger.ledger import Ledger
from dashboard.ledger.saved_searches import SavedSearch
from leadiq_api import LeadIQClient
from leadiq_sandbox import Sandbox
from tests.conftest import client_of
from tests.dashboard.ledger.driver import set_clock
from tests.dashboard.tables.driver import saved
from tests.pages.conftest import ROOT, Open, text_of, use
from tests.pages.driver import account_state, button, in_mode, wait_for_end

pytestmark = pytest.mark.usefixtures("short_waits", "closed_jobs")


def test_a_file_is_still_there_after_a_look_at_another_page(account: Sandbox) -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()

    def people_search() -> AppTest:
        return in_mode(app.switch_page("pages/people_search.py").run(), "Upload a file")

    def is_priced() -> bool:
        return any(button.label.startswith("Look up 3 people") for button in app.button)

    people_search()
    lines = ["LeadIQ id", *account.world.person_ids[:3]]
    app.file_uploader[0].upload("anns_people.csv", "\n".join(lines).encode(), "text/csv").run()
    assert is_priced()
    app.switch_page("pages/usage.py").run()
    people_search()
    assert f":material/draft: {escape_markdown('anns_people.csv')}" in text_of(app)
    assert is_priced()
    button(app, "Remove").click().run()
    assert not is_priced()
    app.switch_page("pages/usage.py").run()
    people_search()
    assert not is_priced()
    assert not app.exception


def test_a_file_is_priced_checked_started_and_reported(account: Sandbox, open_page: Open) -> None:
    app = in_mode(open_page("people_search"), "Upload a file")
    ids = account.world.person_ids[:30]
    lines = ["Note;LeadIQ id", *(f"=1;{one}" for one in ids), f"again;{ids[0]};", "nobody;"]
    app.file_uploader[0].upload("people.csv", "\n".join(lines).encode(), "text/csv").run()
    app.button_group(key="bulk_points").set_value(["email"]).run()
    assert "**30 of 32 rows ready**" in text_of(app)
    assert account.store.used == 0
    button(app, "Look up 30 people · up to 30 UC").click().run()
    assert not app.exception
    assert "is running" in text_of(app)
    app = wait_for_end(app, account)
    assert "30 of 30" in {bar.proto.text for bar in app.get("progress")}
    assert "30 found" in text_of(app)
    assert 0 < account.store.used <= 30
    # A rerun sends nothing.
    sent = len([seen for seen in account.requests if seen.path == "/graphql"])
    app.run()
    assert len([seen for seen in account.requests if seen.path == "/graphql"]) == sent
    new = next(one for one in app.text_input if one.label == "…or a new list")
    new.set_value("Sellers")
    button(app, "Add to the list").click().run()
    app = wait_for_end(app, account)
    (made,) = client_of(account).lists()
    assert made["name"] == "Sellers"
    assert "on the list" in text_of(app)


def test_a_job_over_what_the_team_had_unlocked_settles_its_own_sum(
    account: Sandbox, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its answers say what it would have cost; two equal balances say that it cost nothing."""
    ids = account.world.person_ids[:30]
    for _ in client_of(account).enrich_people([{"id": one} for one in ids], data_points=["email"]):
        pass  # in LeadIQ itself
    used = account.store.used
    app = in_mode(open_page("people_search"), "Upload a file")
    app.file_uploader[0].upload("ours.csv", "\n".join(["LeadIQ id", *ids]).encode(), "text/csv")
    app.run().button_group(key="bulk_points").set_value(["email"]).run()
    button(app, "Look up 30 people · up to 30 UC").click().run()
    app = wait_for_end(app, account)
    assert account.store.used == used
    assert f"{uc(used)} spent" in text_of(app)
    set_clock(monkeypatch, 2.1)
    app = open_page("usage")  # any page reads the balance when it can settle something
    spent = used - (used // 1)
    assert f"{uc(used - spent)} were already unlocked by your team" in text_of(app)
    app = in_mode(open_page("people_search"), "Upload a file")
    assert f"{uc(spent)} spent" in text_of(app)


def test_another_account_sees_no_job_and_no_saved_search(
    account: Sandbox, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = data.ledger()
    ledger.saved_searches.save(
        client_of(account).fingerprint,
        SavedSearch(
            "Ann's sellers",
            "flatAdvancedSearch",
            {"contactFilter": {"roles": ["Sales"]}},
            (),
            "roles=Sales",
            datetime(2026, 11, 24, tzinfo=UTC),
        ),
    )
    app = in_mode(open_page("people_search"), "Upload a file")
    lines = "\n".join(["LeadIQ id", *account.world.person_ids[:5]])
    app.file_uploader[0].upload("anns-people.csv", lines.encode(), "text/csv").run()
    button(app, "Look up 5 people").click().run()
    wait_for_end(app, account)
    with Sandbox(people=60, credits=10, rpm=0) as other:
        use(other, monkeypatch)
        for mode in ("Upload a file", "From a search"):
            shown = in_mode(open_page("people_search"), mode)
            assert "anns" not in str(shown)
            assert "sellers" not in str(shown)
        assert "sellers" not in str(open_page("advanced_search"))
        assert other.store.used == 0
    # The same strings are there for their own account: the look above would have seen them.
    use(account, monkeypatch)
    assert r"anns\-people" in text_of(in_mode(open_page("people_search"), "Upload a file"))
    assert "sellers" in str(open_page("advanced_search"))


def test_a_file_that_is_not_a_table_loses_nothing(account: Sandbox, open_page: Open) -> None:
    app = in_mode(open_page("people_search"), "Upload a file")
    app.file_uploader[0].upload("people.csv", b"PK\x00\x00", "text/csv").run()
    assert "isn't a CSV file" in text_of(app)
    assert not app.exception


def columns_of(app: AppTest) -> dict[str, list[int]]:
    """The columns of each field, as the preview shows them."""
    return {box.label: box.value for box in app.multiselect}


def test_a_file_is_shown_as_it_is_understood_before_its_price(
    account: Sandbox, open_page: Open
) -> None:
    app = in_mode(open_page("people_search"), "Upload a file")
    content = b"Leads,,\nName,Work Email,Firm\nJane Doe,jane@acme.com,Acme\nTotal,1,2\n"
    app.file_uploader[0].upload("people.csv", content, "text/csv").run()
    assert not app.exception
    assert columns_of(app) | {"Phone": []} == columns_of(app)
    assert (columns_of(app)["Full name"], columns_of(app)["Email"]) == ([0], [1])
    assert {box.proto.placeholder for box in app.multiselect} == {"Not in this file"}
    assert "Delimiter: comma · Header row: 2" in text_of(app).replace("\\", "")
    assert "2 rows were skipped: above the header (1), a total (1)" in str(app)
    shown = next(one.value for one in app.dataframe if "Name" in one.value)
    assert shown.to_dict("records") == [
        {"row": 3, "Name": "Jane Doe", "Company": "Acme", "Email": "jane@acme.com"}
    ]
    preview = next(one for one in app.expander if one.label == "How the file was read")
    assert not preview.proto.expanded
    # Another header row is another table; its columns are recognised by their cells alone.
    header = next(one for one in app.selectbox if one.label == "Header row")
    app = header.set_value(0).run()
    assert not app.exception
    assert "Header row: none" in text_of(app).replace("\\", "")
    preview = next(one for one in app.expander if one.label == "How the file was read")
    assert preview.proto.expanded
    assert account.store.used == 0


def test_a_workbook_offers_its_sheets_and_hidden_rows(account: Sandbox, open_page: Open) -> None:
    book = openpyxl.Workbook()
    book.active.title = "People"
    for row in (["Email"], ["jane@acme.com"], ["ann@acme.com"]):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    other = book.create_sheet("Others")
    for row in (["Email"], ["bob@acme.com"], ["cy@acme.com"], ["dee@acme.com"]):
        other.append(row)
    app = in_mode(open_page("people_search"), "Upload a file")
    app.file_uploader[0].upload("people.xlsx", saved(book), "application/octet-stream").run()
    assert "**1 of 1 rows ready**" in text_of(app)
    assert "1 row was skipped: hidden in the workbook (1)" in str(app)
    app = next(one for one in app.checkbox if one.label == "Include hidden rows").check().run()
    assert "**2 of 2 rows ready**" in text_of(app)
    app = next(one for one in app.selectbox if one.label == "Sheet").set_value("Others").run()
    assert not app.exception
    assert "**3 of 3 rows ready**" in text_of(app)


def test_an_expensive_job_asks_first(account: Sandbox, open_page: Open) -> None:
    app = in_mode(open_page("people_search"), "Upload a file")
    lines = ["LeadIQ id", *account.world.person_ids[:60]]
    app.file_uploader[0].upload("people.csv", "\n".join(lines).encode(), "text/csv").run()
    app.button_group(key="bulk_points").set_value(["email"]).run()
    button(app, "Look up").click().run()
    assert account.store.used == 0
    app.button(key="go_on").click().run()
    wait_for_end(app, account)
    assert account.store.used > 0


def test_a_budget_that_is_reached_can_be_raised(account: Sandbox, open_page: Open) -> None:
    app = in_mode(open_page("people_search"), "Upload a file")
    lines = ["LeadIQ id", *account.world.person_ids[:60]]
    app.file_uploader[0].upload("people.csv", "\n".join(lines).encode(), "text/csv").run()
    app.button_group(key="bulk_points").set_value(["email"]).run()
    app.number_input(key="bulk_budget").set_value(30).run()
    button(app, "Look up 60 people · up to 30 UC").click().run()
    app = wait_for_end(app, account)
    assert "job's budget of 30 UC" in text_of(app)
    assert account.store.used <= 30
    limit = next(one for one in app.number_input if one.label == "Limit for this job (UC)")
    limit.set_value(60)
    button(app, "Resume within this limit").click().run()
    app = wait_for_end(app, account)
    assert "60 found" in text_of(app)
    assert 30 < account.store.used <= 60


def test_a_price_that_was_too_low_is_one_click_away_from_the_new_one(
    account: Sandbox, open_page: Open
) -> None:
    app = in_mode(open_page("people_search"), "Upload a file")
    lines = ["LeadIQ id", *account.world.person_ids[:40]]
    app.file_uploader[0].upload("people.csv", "\n".join(lines).encode(), "text/csv").run()
    app.button_group(key="bulk_points").set_value(["email"]).run()
    app.number_input(key="bulk_budget").set_value(10).run()
    button(app, "Look up 40 people · up to 10 UC").click().run()
    app = wait_for_end(app, account)
    records = JobRecords(data.ledger())
    (job,) = records.jobs(client_of(account).fingerprint)
    spent, _ = records.ledger.spent_by_job(job.account, job.id)
    records.update_settings(job.id, budget=None, max_uc=str(spent + 5))
    button(app, "Resume").click().run()
    app = wait_for_end(app, account)
    assert "was too low" in text_of(app)
    waiting = records.progress(job.id).people[RowState.WAITING]
    assert not [one for one in app.button if one.label == "Resume"]
    button(app, f"Continue · people.csv · up to {waiting} UC").click().run()
    app = wait_for_end(app, account)
    assert "40 found" in text_of(app)


def test_requests_without_an_answer_are_shown_as_a_range(account: Sandbox, open_page: Open) -> None:
    """And what they cost again is on the button that repeats them."""
    account.faults.choose(["lost-paid:2"])
    app = in_mode(open_page("people_search"), "Upload a file")
    account.faults.choose([])
    lines = ["LeadIQ id", *account.world.person_ids[:3]]
    app.file_uploader[0].upload("people.csv", "\n".join(lines).encode(), "text/csv").run()
    app.button_group(key="bulk_points").set_value(["company"]).run()
    account.faults.choose(["lost-paid:2"])  # the balance is read, the first person is lost
    button(app, "Look up 3 people").click().run()
    records = JobRecords(data.ledger())
    (job,) = records.jobs(client_of(account).fingerprint)
    while not records.progress(job.id).count(RowState.OUTCOME_UNKNOWN):
        time.sleep(0.02)
    account.faults.choose([])
    app = wait_for_end(app, account)
    undecided = records.progress(job.id).people[RowState.NEEDS_DECISION]
    spent, unknown = records.ledger.spent_by_job(job.account, job.id)
    assert f"{uc(spent)} to {uc(spent + unknown)} spent" in text_of(app)
    button(app, f"Look up {undecided} again · up to").click().run()
    assert "3 found" in text_of(wait_for_end(app, account))


def test_a_saved_search_as_one_job(account: Sandbox, open_page: Open) -> None:
    app = in_mode(open_page("people_search"), "From a search")
    assert "No saved searches yet" in text_of(app)
    fingerprint = client_of(account).fingerprint
    search = {"contactFilter": {"roles": ["Sales"]}}
    saved = SavedSearch("Sellers", "flatAdvancedSearch", search, (), "", datetime.now(UTC))
    data.ledger().saved_searches.save(fingerprint, saved)
    app.run()
    app.number_input(key="bulk_most").set_value(30).run()
    app.text_input(key="bulk_list").set_value("Sellers").run()
    button(app, "Find and enrich · up to 3 UC").click().run()
    app = wait_for_end(app, account)
    assert "30 found" in text_of(app)
    (made,) = client_of(account).lists()
    assert len(client_of(account).list_prospects(made["id"])) > 20


def test_pages_that_never_end_are_paid_for_within_the_price_shown(
    account: Sandbox, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server has the same people on each page, and says that there are many."""
    real, sent = LeadIQClient.flat_advanced_search, []

    def first_page(client: LeadIQClient, input: dict[str, Any], **options: Any) -> dict[str, Any]:
        sent.append(input.get("skip", 0))
        answer = real(client, {**input, "skip": 0, "limit": 25}, **options | {"cursor": False})
        return {**answer, "totalPeople": 10_000}

    monkeypatch.setattr(LeadIQClient, "flat_advanced_search", first_page)
    saved = SavedSearch("All", "flatAdvancedSearch", {}, (), "", datetime.now(UTC))
    data.ledger().saved_searches.save(client_of(account).fingerprint, saved)
    app = in_mode(open_page("people_search"), "From a search")
    app.number_input(key="bulk_most").set_value(500).run()
    button(app, "Find and enrich · up to 50 UC").click().run()
    app = wait_for_end(app, account)
    assert sent == [0, 25]
    assert "25 found" in text_of(app)
    assert account.store.used <= 50


def test_a_failure_of_the_ledger_in_the_list_of_jobs_is_explained(
    account: Sandbox, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = in_mode(open_page("people_search"), "Upload a file")
    lines = ["LeadIQ id", *account.world.person_ids[:3]]
    app.file_uploader[0].upload("people.csv", "\n".join(lines).encode(), "text/csv").run()
    button(app, "Look up 3 people").click().run()
    app = wait_for_end(app, account)

    def fails(*_: object) -> None:
        raise LedgerError("The disk is full.")

    def assert_explained() -> None:
        assert not app.exception
        assert [error.proto.title for error in app.error] == ["The ledger cannot be used"]
        assert "The disk is full" in app.error[0].value

    with monkeypatch.context() as broken:
        broken.setattr(Ledger, "unknown_by_job", fails)  # read in the fragment alone
        app.run()
        assert_explained()
    with monkeypatch.context() as broken:
        broken.setattr(deletion, "delete_job", fails)
        button(app.run(), "Delete 3 rows for good").click().run()
        assert_explained()
    assert not app.run().error
    assert "Jobs" in [heading.value for heading in app.subheader]


def test_a_job_pays_only_for_what_is_good_enough(account: Sandbox, open_page: Open) -> None:
    world = account.world
    people = [i for i in range(world.people) if not world.oddity[i] and not world.personal_email[i]]
    verified = next(i for i in people if world.work_email[i] == 1)
    unverified = next(i for i in people if world.work_email[i] == 3)
    lines = ["Email", world.work_address(verified), world.work_address(unverified)]
    app = in_mode(open_page("people_search"), "Upload a file")
    app.file_uploader[0].upload("people.csv", "\n".join(lines).encode(), "text/csv").run()
    app.button_group(key="bulk_points").set_value(["email"]).run()
    app.checkbox(key="bulk_verified_emails").check()
    app.checkbox(key="bulk_only_empty").uncheck().run()
    button(app, "Look up 2 people · up to 2 UC").click().run()
    wait_for_end(app, account)
    assert account.store.used == 1
    records = JobRecords(data.ledger())
    (job,) = records.jobs(client_of(account).fingerprint)
    assert job.settings.quality == "verified_emails"
    (results,) = report.result_frames(records, job)
    assert results["leadiq_status"].tolist() == ["found", "not found"]
    assert results["leadiq_note"].tolist() == [
        "",
        "no match meets your requirements: verified work emails",
    ]


def test_the_people_of_a_saved_search_are_enriched_as_chosen(
    account: Sandbox, open_page: Open
) -> None:
    saved = SavedSearch("All", "flatAdvancedSearch", {}, (), "", datetime.now(UTC))
    data.ledger().saved_searches.save(client_of(account).fingerprint, saved)
    app = in_mode(open_page("people_search"), "From a search")
    app.number_input(key="bulk_most").set_value(20)
    app.button_group(key="bulk_search_points").set_value(["email"]).run()
    app.checkbox(key="bulk_search_verified_emails").check().run()
    button(app, "Find and enrich").click().run()
    wait_for_end(app, account)
    records = JobRecords(data.ledger())
    (job,) = records.jobs(client_of(account).fingerprint)
    statuses = {
        email["status"]
        for row in records.rows(job.id, state=RowState.FOUND, kind=RowKind.PERSON)
        for position in row.answer["currentPositions"]
        for email in position["emails"]
    }
    assert statuses == {"Verified", "VerifiedLikely"}
    assert 0 < len([*records.rows(job.id, state=RowState.NOT_FOUND)]) < 20


def test_a_job_is_deleted_after_asking(account: Sandbox, open_page: Open) -> None:
    app = in_mode(open_page("people_search"), "Upload a file")
    lines = ["LeadIQ id", *account.world.person_ids[:3]]
    app.file_uploader[0].upload("people.csv", "\n".join(lines).encode(), "text/csv").run()
    button(app, "Look up 3 people").click().run()
    app = wait_for_end(app, account)
    records = JobRecords(data.ledger())
    (job,) = records.jobs(client_of(account).fingerprint)
    DBOS.retrieve_workflow(f"{job.id}-1").get_result()
    button(app, "Delete 3 rows for good").click().run()
    assert not app.exception
    assert r"people\.csv was deleted." in text_of(app)
    assert records.jobs(client_of(account).fingerprint) == []
    assert "Jobs" not in [heading.value for heading in app.subheader]


def test_another_accounts_job_is_not_shown(account: Sandbox, open_page: Open) -> None:
    """Whatever the session says is open."""
    records = JobRecords(data.ledger())
    row = Row(0, RowKind.PERSON, RowState.NOT_FOUND, "id:x", {"id": "x"}, ("x",))
    settings = JobSettings(data_points=(), prices={}, columns=("LeadIQ id",))
    own, other = (
        records.create(owner, "t", name, settings, [row])
        for owner, name in ((client_of(account).fingerprint, "mine"), ("other", "theirs"))
    )
    for job in (own, other):
        records.set_state(job, JobState.STOPPED)
    app = in_mode(open_page("people_search"), "From a search")
    account_state(app).open_job = other
    app.run()
    assert not app.exception
    assert "mine" in text_of(app)
    assert "theirs" not in text_of(app)
    assert app.get("download_button") == []
