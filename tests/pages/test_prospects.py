"""What is done with prospects on Lists: duplicates, CSV, verification, feedback, Salesforce."""

import io
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import StopException
from streamlit.testing.v1 import AppTest

from dashboard import data
from dashboard.formatting import ENUM_LABELS
from dashboard.lists import writing
from dashboard.lists.duplicates import AdditionPlan
from dashboard.panels import list_additions, prospects, salesforce
from dashboard.tables.export import csv_bytes, read_list_export
from leadiq_sandbox import Sandbox
from leadiq_sandbox.errors import RefusalError
from leadiq_sandbox.prospector import SALESFORCE
from tests.conftest import client_of
from tests.pages.conftest import Open, text_of
from tests.pages.driver import button, click_and_again, somebody

ADA = {"firstName": "Ada", "lastName": "Byron", "workEmail": "ada@engine.example"}
BOB = {"firstName": "Bob", "lastName": "Noble"}


@pytest.mark.parametrize("fault", ["500:1", "reset:1", "429:1"])
def test_a_list_that_cannot_be_read_is_reported_wherever_it_is_read(
    account: Sandbox, list_id: str, open_page: Open, fault: str
) -> None:
    """In a form, where no button may be; and twice in a run, where a key may be but once."""
    app = open_page("lists")
    data.list_prospects.clear()
    account.faults.choose([fault])
    app = fill(app, **ADA)
    assert not app.exception
    assert app.error
    app.file_uploader[0].upload("people.csv", b"first,last\nAda,Byron\n", "text/csv")
    app = app.run()
    assert not app.exception
    assert [one.label for one in app.button].count("Try again") == 1
    account.faults.choose([])
    app = next(one for one in app.button if one.label == "Try again").click().run()
    assert not app.exception
    assert not app.error
    assert client_of(account).list_prospects(list_id) == []


def test_a_list_that_cannot_be_read_again_while_somebody_is_added(
    account: Sandbox, list_id: str, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another session writes to the list meanwhile, so that it is not in the cache any more."""
    plan_additions = list_additions.plan_additions

    def plan_and_lose(*arguments: Any) -> AdditionPlan:
        data.list_prospects.clear()
        account.faults.choose(["500:1"])
        return plan_additions(*arguments)

    monkeypatch.setattr(list_additions, "plan_additions", plan_and_lose)
    app = fill(open_page("lists"), **ADA)
    assert not app.exception
    account.faults.choose([])
    app = button(app, "Try again").click().run()
    assert "1 person was not put on the list." in text_of(app)
    app = button(app, "Try 1 person again").click().run()
    assert not app.exception
    assert [row["firstName"] for row in client_of(account).list_prospects(list_id)] == ["Ada"]


def bomb() -> bytes:
    """A workbook of a few kB that would become 50 MB."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", bytes(50_000_000))
    return content.getvalue()


@pytest.fixture(autouse=True)
def quick_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "SETTLE_SECONDS", 0.01)


@pytest.fixture
def select(monkeypatch: pytest.MonkeyPatch) -> Any:
    """AppTest cannot select a row; what a selection gives is put in its place."""

    def choose(*ids: str) -> None:
        from dashboard.widgets import tables

        picked = tables.Picked(list(ids), *ids[:1])  # the first is opened, too
        monkeypatch.setattr(tables, "record_table", lambda *_: picked)

    return choose


@pytest.fixture
def list_id(account: Sandbox) -> str:
    return str(client_of(account).create_list("Pilots")["id"])


def add(account: Sandbox, list_id: str, *people: dict[str, Any]) -> list[dict[str, Any]]:
    client_of(account).add_prospects(list_id, list(people))
    return client_of(account).list_prospects(list_id)


def fill(app: AppTest, **entered: str) -> AppTest:
    labels = {"firstName": "First name", "lastName": "Last name", "workEmail": "Email"}
    for field, value in entered.items():
        next(box for box in app.text_input if box.label == labels[field]).input(value)
    return button(app, "Add to the list").click().run()


def test_somebody_who_is_on_the_list_is_asked_about(
    account: Sandbox, list_id: str, open_page: Open
) -> None:
    add(account, list_id, ADA)
    app = fill(open_page("lists"), **ADA)
    assert len(client_of(account).list_prospects(list_id)) == 1
    assert app.dataframe[0].value["problem"].tolist() == [
        "Already on this list, by email, LinkedIn, ID or name"
    ]
    app = button(app, "Try 1 person again").click().run()
    assert not app.exception
    assert len(client_of(account).list_prospects(list_id)) == 2


@pytest.mark.parametrize(
    ("entered", "expected"),
    [
        ({"firstName": "Ada"}, "first and a last name"),
        ({**ADA, "workEmail": "ada"}, "full email address"),
    ],
)
def test_the_form_is_checked_as_prospector_checks(
    account: Sandbox, list_id: str, open_page: Open, entered: dict, expected: str
) -> None:
    app = fill(open_page("lists"), **entered)
    assert expected in app.error[0].value
    assert client_of(account).list_prospects(list_id) == []


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("wide.csv", b"first,last" + b"," * 3_000 + b"\nA,B", "3,002 columns; the limit is 2,000"),
        ("long.csv", b"first,last\n" + b"A,B\n" * 5_001, "5,001 rows are too many"),
        ("bomb.csv", bomb(), "far too large when it is opened"),
    ],
)
def test_a_file_beyond_the_limits_is_reported(
    account: Sandbox, list_id: str, open_page: Open, name: str, content: bytes, expected: str
) -> None:
    app = open_page("lists")
    app.file_uploader[0].upload(name, content, "text/csv")
    app = app.run()
    assert not app.exception
    assert expected in app.error[0].value
    assert client_of(account).list_prospects(list_id) == []


def test_a_csv_file(account: Sandbox, list_id: str, open_page: Open) -> None:
    add(account, list_id, ADA)
    app = open_page("lists")
    content = (
        "First Name;Last Name;Email;Notes\r\n"
        "Ada;Byron;ADA@engine.example;again\r\n"
        "Zoë;Ångström;zoe@b.example;\r\n"
        "Zoë;Ångström;zoe@b.example;twice\r\n"
        "Only;;x@y.example;\r\n"
        "Bad;Mail;nowhere;\r\n"
    )
    app.file_uploader[0].upload("people.csv", content.encode("cp1252"), "text/csv")
    app = app.run()
    assert not app.exception
    refused = next(f.value for f in app.dataframe if "problem" in f.value)
    assert refused["row"].tolist() == [5, 6]
    said = text_of(app)
    assert "Already on this list: Ada Byron" in said
    assert "More than once in these rows: Zoë Ångström" in said
    app = button(app, "Add 1 person to the list").click().run()
    assert not app.exception
    found = client_of(account).list_prospects(list_id)
    assert [row["firstName"] for row in found] == ["Ada", "Zoë"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "The file is empty"),
        (b"Email\nada@engine.example", "Choose the columns above that hold the first and last"),
        (b"PK\0\0", "isn't a CSV file"),
        (b"first,last\n" + b"a,b\n" * 5001, "5,001 rows are too many"),
    ],
)
def test_a_file_that_cannot_be_used(
    account: Sandbox, list_id: str, open_page: Open, content: bytes, expected: str
) -> None:
    app = open_page("lists")
    app.file_uploader[0].upload("people.csv", content, "text/csv")
    app = app.run()
    assert not app.exception
    assert expected in app.error[0].value


def test_a_file_that_fails_halfway_is_reported_once_and_can_continue(
    account: Sandbox, list_id: str, open_page: Open
) -> None:
    app = open_page("lists")
    app.file_uploader[0].upload("people.csv", b"first,last\nAda,Byron\nBob,Noble\n", "text/csv")
    app = app.run()
    original = account.prospector.create_batch
    account.prospector.create_batch = _too_large  # type: ignore[method-assign]
    app = button(app, "Add 2 people to the list").click().run()
    assert not app.exception
    assert client_of(account).list_prospects(list_id) == []
    account.prospector.create_batch = original  # type: ignore[method-assign]
    data.list_prospects.clear()
    account.faults.choose(["500:1"])
    app = button(app, "Try 2 people again").click().run()  # the list cannot be read
    account.faults.choose([])
    app = button(app, "Try again").click().run()
    app = button(app, "Try 2 people again").click().run()
    assert not app.exception
    assert len(client_of(account).list_prospects(list_id)) == 2


def test_everybody_is_added_although_the_page_is_left_meanwhile(
    account: Sandbox, list_id: str, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Streamlit stops the page's run, from its next drawing on."""
    app = open_page("lists")
    rows = "".join(f"C{n},Y\n" for n in range(230))
    app.file_uploader[0].upload("people.csv", f"first,last\n{rows}".encode(), "text/csv")
    app.run()
    drawn: list[str] = []

    def draw(_: object, value: float, text: str) -> None:
        drawn.append(text)
        raise StopException

    monkeypatch.setattr(DeltaGenerator, "progress", draw)
    button(app, "Add 230 people to the list").click().run()
    assert drawn == ["100 of 230", "200 of 230", "230 of 230"]
    assert len(client_of(account).list_prospects(list_id)) == 230


def test_a_saved_prospect_is_put_on_the_list_and_not_created_again(
    account: Sandbox, open_page: Open
) -> None:
    client = client_of(account)
    first, second = (client.create_list(name)["id"] for name in ("One", "Two"))
    i = somebody(account)
    email = account.world.work_address(i)
    (kept,) = add(account, first, {**ADA, "workEmail": email})
    app = open_page("people_search")
    app.session_state["people_points"] = ["email"]
    app.run()
    app.text_input(key="people_identifier").input(email)
    app = button(app, "Search").click().run()
    app.session_state["add_people_0"] = True  # opens the panel
    app = app.run()
    app.selectbox[0].set_value(second)
    app = app.run()
    assert "On another list" in text_of(app)
    assert "Compared with this list and 1 other list, read just now." in text_of(app)
    assert "/v1/prospects" not in {seen.path for seen in account.requests}
    app = button(app, "Add 1 person to the list").click().run()
    assert not app.exception
    assert [row["id"] for row in client.list_prospects(second)] == [kept["id"]]
    assert len(client.prospects(email=email)) == 1


def offer_new_list(account: Sandbox, open_page: Open, name: str) -> AppTest:
    """People search with a person found, and the name of a new list entered."""
    app = open_page("people_search")
    box = app.text_input(key="people_identifier")
    app = box.input(account.world.work_address(somebody(account))).run()
    app = button(app, "Search").click().run()
    app.session_state["add_people_0"] = True
    app = app.run()
    new = next(one for one in app.text_input if one.label == "…or a new list")
    return new.set_value(name).run()


def test_people_are_added_to_a_new_list(account: Sandbox, open_page: Open) -> None:
    app = offer_new_list(account, open_page, "Pilots")
    app = button(app, "Create the list and add 1 person").click().run()
    assert not app.exception
    assert "1 person added to Pilots" in text_of(app)
    (made,) = client_of(account).lists()
    assert len(client_of(account).list_prospects(made["id"])) == 1


def test_a_second_click_leaves_no_new_list_empty(account: Sandbox, open_page: Open) -> None:
    app = offer_new_list(account, open_page, "Pilots")
    app = click_and_again(app, "Create the list and add 1 person", "create_list")
    (made,) = client_of(account).lists()
    assert len(client_of(account).list_prospects(made["id"])) == 1
    assert "1 person added to Pilots" in text_of(app.run())


def test_a_new_list_whose_name_is_taken_meanwhile_is_not_created(
    account: Sandbox, open_page: Open
) -> None:
    app = offer_new_list(account, open_page, "Pilots")
    client_of(account).create_list("Pilots")
    app = button(app, "Create the list and add 1 person").click().run()
    assert not app.exception
    assert [one.value for one in app.error] == [
        "A list called Pilots exists already. Choose another name."
    ]
    (made,) = client_of(account).lists()
    assert client_of(account).list_prospects(made["id"]) == []


def test_saved_prospects_are_found(account: Sandbox, list_id: str, open_page: Open) -> None:
    add(account, list_id, ADA, BOB)
    app = open_page("lists")
    app = button(app, "Find").click().run()
    assert "Enter an email, or both" in app.error[0].value
    app.text_input(key="find_first").input("bob")
    app.text_input(key="find_last").input("noble")
    app = button(app, "Find").click().run()
    assert app.dataframe[1].value["name"].tolist() == ["Bob Noble"]
    app.text_input(key="find_email").input("ada@engine.example")
    app = button(app, "Find").click().run()
    assert "not by both" in app.error[0].value
    app.text_input(key="find_first").input("")
    app.text_input(key="find_last").input("")
    app = button(app, "Find").click().run()
    assert app.dataframe[1].value["name"].tolist() == ["Ada Byron"]


def test_lists_are_searched_and_counted(account: Sandbox, list_id: str, open_page: Open) -> None:
    for name in ("Bakers", "Brewers"):
        client_of(account).create_list(name)
    add(account, list_id, ADA, BOB)
    app = open_page("lists")
    assert sorted(app.radio[0].options) == ["Bakers", "Brewers", "Pilots"]
    (counted,) = [one.value for one in app.dataframe if "list_id" in one.value]
    counts = counted.set_index("name")["prospects"].to_dict()
    assert counts == {"Pilots": 2, "Bakers": 0, "Brewers": 0}
    opened = app.header[0].value
    app = app.text_input(key="lists_search").input("BREW").run()
    assert app.radio[0].options == ["Brewers"]
    assert app.header[0].value == opened  # searching opens nothing
    app = app.radio[0].set_value(counted.set_index("name")["list_id"]["Brewers"]).run()
    assert app.header[0].value == "Brewers"


def test_counting_ends_at_a_list_that_cannot_be_read(account: Sandbox, open_page: Open) -> None:
    for name in ("Bakers", "Brewers"):
        client_of(account).create_list(name)

    def refuse(*_: Any, **__: Any) -> Any:
        raise RefusalError(404, "It is gone")

    account.prospector.list_prospects = refuse  # type: ignore[method-assign]
    app = open_page("lists")
    assert not app.exception
    assert app.error
    asked = len(account.requests)
    app.run()
    assert len(account.requests) == asked


def test_the_share_with_an_email_is_a_line_above_the_table(
    account: Sandbox, list_id: str, open_page: Open
) -> None:
    add(account, list_id, {**ADA, "emailStatus": "VerifiedLikely"}, BOB)
    app = open_page("lists")
    (progress,) = app.get("progress")
    assert progress.proto.text == "50% have an email · 1 likely verified"
    assert progress.proto.value == 50
    assert not app.get("plotly_chart")  # two prospects have no distribution
    first = ["name", "work_email", "email_status"]
    assert list(app.dataframe[0].proto.column_order)[:3] == first


def test_emails_are_verified_with_price_before_and_after(
    account: Sandbox, list_id: str, open_page: Open
) -> None:
    add(account, list_id, {**ADA, "emailStatus": "Unverified"}, BOB)
    app = open_page("lists")
    app = button(app, "Verify 1 email · up to 0.1 UC").click().run()
    assert not app.exception
    assert account.store.used == Decimal("0.1")
    shown = next(f.value for f in app.dataframe if "before" in f.value).iloc[0]
    (now, _) = client_of(account).list_prospects(list_id)
    assert shown["before"] == "Unverified"
    assert shown["after"] == ENUM_LABELS.get(now["emailStatus"], now["emailStatus"])
    used = account.store.used
    app = app.run()
    assert account.store.used == used


def test_verified_emails_are_shown_at_their_list_alone(
    account: Sandbox, list_id: str, open_page: Open
) -> None:
    add(account, list_id, {**ADA, "emailStatus": "Unverified"})
    other = client_of(account).create_list("Others")["id"]
    add(account, other, {**ADA, "emailStatus": "Unverified"})

    def verified(app: AppTest) -> list[Any]:
        return [frame for frame in app.dataframe if "before" in frame.value]

    app = open_page("lists").radio[0].set_value(list_id).run()
    app = button(app, "Verify 1 email · up to 0.1 UC").click().run()
    assert verified(app)
    app = app.radio[0].set_value(other).run()
    assert not verified(app)
    assert "Charged" not in text_of(app)
    assert verified(app.radio[0].set_value(list_id).run())


def test_what_is_ticked_is_worked_with_in_a_bar_and_nothing_else_is(
    account: Sandbox, list_id: str, open_page: Open, select: Any
) -> None:
    people = [{**ADA, "firstName": name, "workEmail": f"{name}@a.example"} for name in "xyz"]
    kept = add(account, list_id, *people, BOB)
    client_of(account).create_list("Others")
    app = open_page("lists")
    app = app.radio[0].set_value(list_id).run()
    assert not [one for one in app.button if one.key and one.key.startswith("verify_selected")]
    assert "selected**" not in text_of(app)
    assert button(app, "Verify").label == "Verify 3 emails · up to 0.3 UC"  # the list's, in words
    select(kept[0]["id"], kept[-1]["id"])
    app = app.run()
    assert "**2 selected**" in text_of(app)
    app = app.button(key="verify_selected").click().run()
    assert not app.exception
    assert account.store.used == Decimal("0.1")  # one of the two has an email
    shown = next(f.value for f in app.dataframe if "before" in f.value)
    assert len(shown) == 1


def test_no_email_to_verify_is_said_in_plain_words(
    account: Sandbox, list_id: str, open_page: Open
) -> None:
    add(account, list_id, ADA)
    app = open_page("lists")
    # Somebody took the address away since the list was read.
    account.prospector.verify_prospect = _no_email  # type: ignore[method-assign]
    app = button(app, "Verify 1 email").click().run()
    shown = next(f.value for f in app.dataframe if "before" in f.value).iloc[0]
    assert shown["problem"] == "There is no email to verify."
    assert account.store.used == 0


def _no_email(_: str) -> dict[str, Any]:
    raise RefusalError(409, "This prospect has no email to verify", "no_email_to_verify")


@pytest.mark.parametrize(("why", "reason"), prospects.INVALID_REASONS.items())
def test_feedback(
    account: Sandbox, list_id: str, open_page: Open, select: Any, why: str, reason: str
) -> None:
    (ada,) = add(account, list_id, {**ADA, "phone": "+1 201-555-0100"})
    select(ada["id"])
    app = open_page("lists")
    next(box for box in app.selectbox if box.label == "Why").set_value(why)
    app = button(app, "Report").click().run()
    assert not app.exception
    assert "was reported as wrong" in text_of(app)
    (feedback,) = account.graphql.feedback
    assert (feedback["value"], feedback["type"], feedback["status"], feedback["invalidReason"]) == (
        "ada@engine.example",
        "WorkEmail",
        "Invalid",
        reason,
    )
    assert feedback["name"] == "Ada Byron"
    app = app.run()
    assert len(account.graphql.feedback) == 1


def test_a_number_does_not_bounce(
    account: Sandbox, list_id: str, open_page: Open, select: Any
) -> None:
    (bob,) = add(account, list_id, {**BOB, "phone": "+1 201-555-0100"})
    select(bob["id"])
    app = button(open_page("lists"), "Report").click().run()
    assert "don't bounce" in app.error[0].value
    assert account.graphql.feedback == []


@pytest.fixture
def exporting(account: Sandbox, list_id: str, open_page: Open, select: Any) -> AppTest:
    (ada,) = add(account, list_id, ADA)
    select(ada["id"])
    return open_page("lists")


REFUSED = [name for name, (status, _) in SALESFORCE.items() if 400 <= status < 500]


@pytest.mark.parametrize("outcome", REFUSED)
def test_each_refusal_of_salesforce_in_plain_words(
    account: Sandbox, exporting: AppTest, outcome: str
) -> None:
    account.prospector.salesforce = outcome
    app = button(exporting, "Export to Salesforce").click().run()
    assert not app.exception
    assert app.error[0].value == salesforce.MESSAGES[outcome]
    assert account.prospector.exported == []


def test_an_export_to_salesforce_goes_out_once(account: Sandbox, exporting: AppTest) -> None:
    app = button(exporting, "Export to Salesforce · up to 3 UC").click().run()
    assert "Salesforce has a new record" in text_of(app)
    app = app.run()
    assert not [one for one in app.button if one.label.startswith("Export to Salesforce")]
    assert len(account.prospector.exported) == 1


@pytest.mark.parametrize(
    ("fault", "expected"),
    [("", "Salesforce has a new record"), ("lost:1", "We couldn't confirm whether Salesforce")],
)
def test_the_outcome_of_an_export_is_known_after_a_second_click(
    account: Sandbox, exporting: AppTest, fault: str, expected: str
) -> None:
    account.faults.choose([fault] if fault else [])
    app = click_and_again(exporting, "Export to Salesforce", "export_to_salesforce")
    account.faults.choose([])
    app = app.run()
    assert expected in text_of(app)
    assert not [one for one in app.button if one.label.startswith("Export to Salesforce")]


@pytest.mark.parametrize(
    ("fault", "outcome", "sent", "expected"),
    [
        ("", "submitted", 1, "do not export it again"),
        ("lost:1", "created", 1, "We couldn't confirm whether Salesforce has the record"),
        ("reset:1", "created", 0, "We couldn't confirm whether Salesforce has the record"),
        ("429:1", "created", 0, "Too many requests"),
        ("", "upstream", 0, "Temporary upstream error"),
    ],
)
def test_an_export_is_never_sent_twice(
    account: Sandbox, exporting: AppTest, fault: str, outcome: str, sent: int, expected: str
) -> None:
    account.prospector.salesforce = outcome
    account.faults.choose([fault] if fault else [])
    app = button(exporting, "Export to Salesforce").click().run()
    account.faults.choose([])
    app = app.run() if "couldn't confirm" in expected else app
    said = text_of(app) + "".join(error.proto.title for error in app.error)
    assert expected in said
    exports = [request for request in account.requests if request.path.endswith("/salesforce")]
    assert len(exports) == 1
    assert len(account.prospector.exported) == sent


def test_duplicates_are_looked_at_before_force(account: Sandbox, exporting: AppTest) -> None:
    account.prospector.salesforce = "duplicates_found"
    app = button(exporting, "Export to Salesforce").click().run()
    assert account.prospector.exported == []
    rows = next(f.value for f in app.dataframe if "entityType" in f.value)
    assert rows["name"].tolist() == ["Ada Byron"]
    assert not [one for one in app.button if one.label.startswith("Create anyway")]
    next(box for box in app.checkbox if box.label.startswith("None of these")).check()
    app = button(app.run(), "Create anyway").click().run()
    assert not app.exception
    assert len(account.prospector.exported) == 1


def test_whose_account_it_is(account: Sandbox, open_page: Open) -> None:
    captions = [one.value for one in open_page("usage").sidebar.caption]
    assert any("Sam Box" in one and "Sandbox" in one for one in captions)


@pytest.mark.parametrize("status", ["401", "413", "429", "500", "502"])
def test_a_refused_write_keeps_what_was_entered(
    account: Sandbox, list_id: str, open_page: Open, status: str
) -> None:
    app = open_page("lists")
    if status == "413":
        account.prospector.create_batch = _too_large  # type: ignore[method-assign]
    else:
        account.faults.choose([f"{status}:1"])
    app = fill(app, **ADA)
    account.faults.choose([])
    assert not app.exception
    assert app.error
    assert len(client_of(account).list_prospects(list_id)) == 0
    if status == "413":
        return
    app = button(app, "Try again").click().run()  # the lists could not be read either
    app = button(app, "Try 1 person again").click().run()
    assert len(client_of(account).list_prospects(list_id)) == 1


def _too_large(*_: Any) -> dict[str, Any]:
    raise RefusalError(413, "The body is too large")


def test_five_thousand_prospects(account: Sandbox, list_id: str, open_page: Open) -> None:
    client = client_of(account)
    client.add_prospects(list_id, [{"firstName": f"N{n}", "lastName": "=1+1"} for n in range(5000)])
    app = open_page("lists")
    assert not app.exception
    assert "5,000 prospects" in text_of(app)
    assert "Rows 1 to 1,000 of 5,000." in text_of(app)
    rows = read_list_export(client.export_list(list_id))
    assert len(rows) == 5000
    assert csv_bytes(rows).count(b"'=1+1") == 5000


def test_lost_answers_on_every_third_write_double_and_lose_nothing(
    account: Sandbox, open_page: Open
) -> None:
    account.faults.choose(["lost:3"])
    app = open_page("lists")
    for name in ("One", "Two", "Three", "Four"):
        next(box for box in app.text_input if box.label == "Name").input(name)
        app = button(app, "Create the list").click().run()
        assert not app.exception
    lists = {row["name"]: row["id"] for row in client_of(account).lists()}
    assert [*lists] == ["One", "Two", "Three", "Four"]
    for number in range(7):  # on the last list created, which is open
        person = {"firstName": f"N{number}", "lastName": "X"}
        app = fill(app, **person, workEmail=f"n{number}@a.example")
        assert not app.exception
    rows = "".join(f"C{n},Y,c{n}@a.example\n" for n in range(350))
    app.file_uploader[0].upload("people.csv", f"first,last,email\n{rows}".encode(), "text/csv")
    app = button(app.run(), "Add 350 people").click().run()
    assert not app.exception
    found = client_of(account).list_prospects(lists["Four"])
    expected = [f"n{n}@a.example" for n in range(7)] + [f"c{n}@a.example" for n in range(350)]
    assert sorted(row["workEmail"] for row in found) == sorted(expected)
    assert len(client_of(account).prospects(email="n0@a.example")) == 1
    app = button(app, "Verify 357 emails").click().run()
    assert not app.exception
    assert account.store.used == Decimal("35.7")  # each once, whatever was lost
    shown = next(f.value for f in app.dataframe if "before" in f.value)
    assert len(shown) == 357
    assert shown["after"].notna().all()


# Each refusal that the OpenAPI documents, at the operation that can give it. Salesforce's own are
# above; POST /v1/prospects and GET /v1/verify-email are not used.
HEADLINES = {
    400: "refused the request",
    401: "did not accept the key",
    404: "no longer exists",
    413: "refused the request",
    422: "refused the request",
    429: "Too many requests",
    502: "could not be reached",
}
DOCUMENTED = {
    "create_list": (400, 401, 413, 429),
    "lists": (401, 429),
    "list_prospects": (401, 404, 429),
    "create_batch": (401, 404, 413, 429),
    "attach": (400, 401, 404, 429),
    "prospect": (400, 401, 404, 429),
    "prospects": (400, 401, 429),
    "verify_prospect": (401, 429),
    "export_to_salesforce": (400, 401, 404, 413, 429, 502),
}
PRESSED = {
    "create_list": "Create the list",
    "create_batch": "Add to the list",
    "attach": "Add 1 prospect",
    "prospects": "Find",
    "verify_prospect": "Verify 1 email",
    "export_to_salesforce": "Export to Salesforce",
}


@pytest.mark.parametrize(
    ("operation", "status"),
    [(name, status) for name, statuses in DOCUMENTED.items() for status in statuses],
)
def test_each_documented_error_is_reported(
    account: Sandbox, list_id: str, open_page: Open, select: Any, operation: str, status: int
) -> None:
    client_of(account).create_list("Other")
    (ada,) = add(account, list_id, ADA)  # the list written to last is the one that opens
    select(ada["id"])

    def refuse(*_: Any, **__: Any) -> Any:
        raise RefusalError(status, f"The reason of {status}")

    pressed = PRESSED.get(operation)
    app = open_page("lists") if pressed else None
    setattr(account.prospector, operation, refuse)
    if operation == "create_batch":  # a 404 may mean that the server has no batches
        account.prospector.create_prospect = refuse  # type: ignore[method-assign]
    if app is None:
        app = open_page("lists")
    else:
        entered = {
            "Name": "New",
            "First name": "Bob",
            "Last name": "Noble",
            "Email of the prospect": "a@b.example",
        }
        for box in app.text_input:
            if box.label in entered:
                box.input(entered[box.label])
        app = button(app, pressed).click().run()
    assert not app.exception
    assert any(HEADLINES[status] in error.proto.title for error in app.error)
    assert any(f"The reason of {status}" in error.value for error in app.error)


@pytest.mark.parametrize("status", [400, 404, 502])
def test_a_prospect_that_cannot_be_verified_says_why(
    account: Sandbox, list_id: str, open_page: Open, status: int
) -> None:
    add(account, list_id, ADA)
    app = open_page("lists")

    def refuse(*_: Any) -> Any:
        raise RefusalError(status, f"The reason of {status}")

    account.prospector.verify_prospect = refuse  # type: ignore[method-assign]
    app = button(app, "Verify 1 email").click().run()
    shown = next(f.value for f in app.dataframe if "problem" in f.value).iloc[0]
    assert shown["problem"] == f"The reason of {status}"
    assert account.store.used == 0


@pytest.mark.parametrize("status", [401, 429, 502])
def test_whoami_that_fails_stops_nobody(
    account: Sandbox, open_page: Open, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    def refuse() -> Any:
        raise RefusalError(status, f"The reason of {status}")

    monkeypatch.setattr(account.prospector, "whoami", refuse)
    app = open_page("usage")
    assert not app.error
    captions = [one.value for one in app.sidebar.caption]
    reason = f"We couldn't read whose account this is: The reason of {status}"
    assert reason in captions
