"""People search from a file and from a saved search, as a user drives it."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import data
from dashboard.jobs import workflows
from dashboard.jobs.records import JobRecords
from dashboard.ledger.saved_searches import SavedSearch
from leadiq_sandbox import Sandbox
from tests.conftest import client_of
from tests.dashboard.tables.driver import saved
from tests.pages.conftest import Open, text_of, use
from tests.pages.driver import button

pytestmark = pytest.mark.usefixtures("short_waits", "closed_jobs")


@pytest.fixture
def closed_jobs() -> Iterator[None]:
    """The next test has another database."""
    yield
    workflows.close()


def in_mode(app: AppTest, mode: str) -> AppTest:
    return app.button_group(key="people_mode").set_value(mode).run()


def wait_for_end(app: AppTest, account: Sandbox) -> AppTest:
    records = JobRecords(data.ledger())
    deadline = time.monotonic() + 60
    while records.has_running(client_of(account).fingerprint) and time.monotonic() < deadline:
        time.sleep(0.1)
    return app.run()


def test_a_file_is_priced_checked_started_and_reported(account: Sandbox, open_page: Open) -> None:
    app = in_mode(open_page("people_search"), "From a file")
    ids = account.world.person_ids[:30]
    lines = ["Note;LeadIQ id", *(f"=1;{one}" for one in ids), f"again;{ids[0]};", "nobody;"]
    app.file_uploader[0].upload("people.csv", "\n".join(lines).encode(), "text/csv").run()
    app.button_group(key="bulk_points").set_value(["email"]).run()
    assert "**30 people** of 32 rows" in text_of(app)
    assert account.store.used == 0
    button(app, "Look up 30 people · up to 30 UC").click().run()
    assert not app.exception
    assert "was started" in text_of(app)
    app = wait_for_end(app, account)
    assert "30 of 30" in {bar.proto.text for bar in app.get("progress")}
    assert "30 found" in text_of(app)
    assert 0 < account.store.used <= 30
    # A rerun sends nothing.
    sent = len([seen for seen in account.requests if seen.path == "/graphql"])
    app.run()
    assert len([seen for seen in account.requests if seen.path == "/graphql"]) == sent
    new = next(one for one in app.text_input if one.label == "Or on a new list called")
    new.set_value("From a file")
    button(app, "Add to the list").click().run()
    app = wait_for_end(app, account)
    (made,) = client_of(account).lists()
    assert made["name"] == "From a file"
    assert "on the list" in text_of(app)


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
    app = in_mode(open_page("people_search"), "From a file")
    lines = "\n".join(["LeadIQ id", *account.world.person_ids[:5]])
    app.file_uploader[0].upload("anns-people.csv", lines.encode(), "text/csv").run()
    button(app, "Look up 5 people").click().run()
    wait_for_end(app, account)
    with Sandbox(people=60, credits=10, rpm=0) as other:
        use(other, monkeypatch)
        for mode in ("From a file", "From a saved search"):
            shown = in_mode(open_page("people_search"), mode)
            assert "anns-people" not in str(shown)
            assert "sellers" not in str(shown)
        assert "sellers" not in str(open_page("advanced_search"))
        assert other.store.used == 0
    # The same strings are there for their own account: the look above would have seen them.
    use(account, monkeypatch)
    assert "anns-people" in str(in_mode(open_page("people_search"), "From a file"))
    assert "sellers" in str(open_page("advanced_search"))


def test_a_file_that_is_not_a_table_loses_nothing(account: Sandbox, open_page: Open) -> None:
    app = in_mode(open_page("people_search"), "From a file")
    app.file_uploader[0].upload("people.csv", b"PK\x00\x00", "text/csv").run()
    assert "no CSV file" in text_of(app)
    assert not app.exception


def columns_of(app: AppTest) -> dict[str, list[int]]:
    """The columns of each field, as the preview shows them."""
    return {box.label: box.value for box in app.multiselect}


def test_a_file_is_shown_as_it_is_understood_before_its_price(
    account: Sandbox, open_page: Open
) -> None:
    app = in_mode(open_page("people_search"), "From a file")
    content = b"Leads,,\nName,Work Email,Firm\nJane Doe,jane@acme.com,Acme\nTotal,1,2\n"
    app.file_uploader[0].upload("people.csv", content, "text/csv").run()
    assert not app.exception
    assert columns_of(app) | {"Phone": []} == columns_of(app)
    assert (columns_of(app)["Full name"], columns_of(app)["Email"]) == ([0], [1])
    assert {box.proto.placeholder for box in app.multiselect} == {"Not in this file"}
    assert "Delimiter: comma · Header row: 2" in text_of(app).replace("\\", "")
    assert "2 rows were skipped: 1 above the header, 1 a total" in str(app)
    shown = next(one.value for one in app.dataframe if "Name" in one.value)
    assert shown.to_dict("records") == [
        {"row": 3, "Name": "Jane Doe", "Company": "Acme", "Email": "jane@acme.com"}
    ]
    preview = next(one for one in app.expander if one.label == "How the file was read")
    assert not preview.proto.expanded
    # Another header row is another table; its columns are told by their cells, which is shown.
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
    app = in_mode(open_page("people_search"), "From a file")
    app.file_uploader[0].upload("people.xlsx", saved(book), "application/octet-stream").run()
    assert "**1 person** of 1 rows" in text_of(app)
    assert "1 row was skipped: 1 hidden in the workbook" in str(app)
    app = next(one for one in app.checkbox if one.label == "Include hidden rows").check().run()
    assert "**2 people** of 2 rows" in text_of(app)
    app = next(one for one in app.selectbox if one.label == "Sheet").set_value("Others").run()
    assert not app.exception
    assert "**3 people** of 3 rows" in text_of(app)


def test_an_expensive_job_asks_first(account: Sandbox, open_page: Open) -> None:
    app = in_mode(open_page("people_search"), "From a file")
    lines = ["LeadIQ id", *account.world.person_ids[:60]]
    app.file_uploader[0].upload("people.csv", "\n".join(lines).encode(), "text/csv").run()
    app.button_group(key="bulk_points").set_value(["email"]).run()
    button(app, "Look up").click().run()
    assert account.store.used == 0
    app.button(key="go_on").click().run()
    wait_for_end(app, account)
    assert account.store.used > 0


def test_a_budget_that_is_reached_can_be_raised(account: Sandbox, open_page: Open) -> None:
    app = in_mode(open_page("people_search"), "From a file")
    lines = ["LeadIQ id", *account.world.person_ids[:60]]
    app.file_uploader[0].upload("people.csv", "\n".join(lines).encode(), "text/csv").run()
    app.button_group(key="bulk_points").set_value(["email"]).run()
    app.number_input(key="bulk_budget").set_value(30).run()
    button(app, "Look up 60 people · up to 30 UC").click().run()
    app = wait_for_end(app, account)
    assert "job's budget of 30 UC" in text_of(app)
    assert account.store.used <= 30
    limit = next(one for one in app.number_input if one.label == "Budget for this job, UC")
    limit.set_value(60)
    button(app, "Resume within this budget").click().run()
    app = wait_for_end(app, account)
    assert "60 found" in text_of(app)
    assert 30 < account.store.used <= 60


def test_a_saved_search_as_one_job(account: Sandbox, open_page: Open) -> None:
    app = in_mode(open_page("people_search"), "From a saved search")
    assert "no saved search yet" in text_of(app)
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
