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
