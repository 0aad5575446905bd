"""What identifies a request whose price is confirmed, and clicks while something is written."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.state import SESSION, Session
from dashboard.widgets.buttons import NOT_DONE, _request_id


def account(fingerprint: str) -> Any:
    return SimpleNamespace(fingerprint=fingerprint)


def test_a_request_is_the_same_in_any_order_of_its_keys() -> None:
    first = {"company": {"name": "Acme", "domain": "acme.com"}, "limit": 1}
    second = {"limit": 1, "company": {"domain": "acme.com", "name": "Acme"}}
    assert _request_id(account("a"), (first, ("email",))) == _request_id(
        account("a"), (second, ["email"])
    )


def test_another_account_value_or_budget_is_another_request() -> None:
    ids = {
        _request_id(account("a"), ({"limit": 1}, None)),
        _request_id(account("b"), ({"limit": 1}, None)),
        _request_id(account("a"), ({"limit": 2}, None)),
        _request_id(account("a"), ({"limit": 1}, Decimal("1.5"))),
    }
    assert len(ids) == 4


def page_with_writes() -> None:
    import streamlit as st

    from dashboard.state import session
    from dashboard.widgets.buttons import show_flash_message, write_button

    session().begin_run("Lists")
    show_flash_message()
    for name in ("Create", "Remove"):
        if write_button(name, name):
            with session().write():
                st.write(f"{name} is done")


@pytest.mark.parametrize(("second", "is_said"), [("Create", False), ("Remove", True)])
def test_a_click_on_another_button_during_a_write_is_not_done_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch, second: str, is_said: bool
) -> None:
    app = AppTest.from_function(page_with_writes, default_timeout=60).run()
    app = app.button(key="Create").click().run()
    assert [one.value for one in app.markdown] == ["Create is done"]
    session: Session = app.session_state[SESSION]
    wait = Session.wait_for_write

    def end_write_and_wait(self: Session) -> object:
        self.writing.release()
        return wait(self)

    monkeypatch.setattr(Session, "wait_for_write", end_write_and_wait)
    session.writing.acquire()
    app = app.button(key=second).click().run()
    assert [one.value for one in app.markdown] == []
    assert [one.value for one in app.toast] == [NOT_DONE] * is_said
