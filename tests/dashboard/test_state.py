"""What a session keeps: one account never sees another's, and a key takes its results with it."""

from contextlib import suppress
from decimal import Decimal
from queue import Queue
from threading import Thread

from dashboard.search.outcome import Outcome
from dashboard.state import ExportOutcome, ProspectQuery, RecordRefresh, Session, ShownPrice
from leadiq_api import ApiKey, LeadIQError, ServiceError


def test_each_account_has_a_state_of_its_own() -> None:
    session = Session()
    session.of("a").people = Outcome({"id": "1"})
    session.of("a").selected.append("1")
    assert session.of("b").people is None
    assert session.of("b").selected == []
    assert session.of("a").people is session.of("a").people


def test_another_key_forgets_results_but_not_what_was_written() -> None:
    session = Session()
    account = session.of("a")
    account.people = account.companies = account.enriched = Outcome({})
    account.selected, account.open_list = ["1"], "list"
    account.exports["1"] = ExportOutcome("exported")
    account.refreshes["1"] = RecordRefresh(None, outcome=Outcome({}))
    account.tracked["import"] = {"contacts": []}
    account.prospect_query = ProspectQuery("jane@acme.com", "", "")
    with suppress(LeadIQError), session.write():
        raise LeadIQError("The traceback of an error holds the client.")
    assert session.failed_write is not None
    key = ApiKey("some-key")
    session.use_key(key)
    assert session.own_key is key
    assert session.failed_write is None
    assert (account.people, account.companies, account.enriched) == (None, None, None)
    assert (account.selected, account.open_list) == ([], None)
    assert account.refreshes == {"1": RecordRefresh(None)}
    assert account.tracked == {}
    assert account.exports == {"1": ExportOutcome("exported")}
    assert account.prospect_query is not None


def test_what_is_shown_or_sent_once_is_taken_once() -> None:
    session = Session(
        approved_request="search",
        shown_price=ShownPrice("search", Decimal(3)),
    )
    assert (session.take_approved_request(), session.take_approved_request()) == ("search", None)
    assert session.shown_price.of("search") == 3


def test_a_message_outlives_a_run_that_the_next_one_stops() -> None:
    session = Session(flash_message="Done.")
    assert [session.take_flash_message(now) for now in (100, 101)] == ["Done."] * 2
    session.flash_message = "Done again."
    shown = [session.take_flash_message(now) for now in (101.5, 103.4, 103.5)]
    assert shown == ["Done again.", "Done again.", None]


def test_a_message_is_not_repeated_beside_what_the_next_write_did() -> None:
    session = Session(flash_message="Ada was added.")
    session.take_flash_message(100)
    with suppress(ServiceError), session.write():
        raise ServiceError("lost")
    assert session.take_flash_message(101) is None


def test_the_session_never_shows_the_key() -> None:
    assert "some-key" not in repr(Session(own_key=ApiKey("some-key")))


def test_a_run_knows_of_its_own_writes_and_notices_those_of_another() -> None:
    """Streamlit starts the run of a second click in a thread of its own, beside the first."""
    session, steps = Session(), Queue[bool]()

    def second_run() -> None:
        session.begin_run("Lists")
        steps.put(session.has_written_meanwhile())
        assert isinstance(session.wait_for_write(), ServiceError)
        steps.put(session.has_written_meanwhile())

    session.begin_run("Lists")
    thread = Thread(target=second_run)
    with suppress(ServiceError), session.write():
        thread.start()
        assert steps.get(timeout=60)
        raise ServiceError("lost")
    thread.join()
    assert not steps.get(timeout=60)
    assert not session.has_written_meanwhile()
