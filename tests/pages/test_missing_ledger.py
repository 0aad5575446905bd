"""A ledger that disappears under a running app: every page says so, and nothing is paid."""

from pathlib import Path

from leadiq_sandbox import Sandbox
from tests.pages.conftest import PAGES, Open, text_of
from tests.pages.driver import button


def test_pages_say_that_the_ledger_is_missing_and_nothing_is_paid(
    account: Sandbox, open_page: Open, tmp_path: Path
) -> None:
    app = open_page("people_search")
    app.text_input(key="people_identifier").input("https://www.linkedin.com/in/somebody")
    (tmp_path / "ledger.db").unlink()
    button(app, "Search").click().run()
    assert not app.exception
    assert "is missing" in text_of(app)
    for page in PAGES:
        other = open_page(page)
        assert not other.exception
        assert [error.value for error in other.error] == [error.value for error in app.error]
    assert account.store.used == 0
    assert not (tmp_path / "ledger.db").exists()


def test_a_budget_that_cannot_be_saved_is_reported_and_nothing_is_lost(
    account: Sandbox, open_page: Open, tmp_path: Path
) -> None:
    app = open_page("usage")
    ledger = tmp_path / "ledger.db"
    kept = ledger.rename(tmp_path / "kept.db")
    next(box for box in app.number_input if box.label == "Daily limit (UC)").set_value(7)
    button(app, "Save").click().run()
    assert not app.exception
    assert "Nothing is sent until you put the file back" in text_of(app)
    kept.rename(ledger)
    app.run()
    assert not app.exception
    assert not app.error
    assert "no daily limit" in text_of(app)
    next(box for box in app.number_input if box.label == "Daily limit (UC)").set_value(7)
    button(app, "Save").click().run()
    assert "Spent today (UTC): 0 UC of 7 UC" in text_of(app)
