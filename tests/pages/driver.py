"""What a user does on a page under AppTest."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from dashboard import data
from dashboard.jobs.records import JobRecords
from dashboard.state import SESSION, AccountState
from leadiq_api import LeadIQClient
from leadiq_sandbox import Sandbox
from tests.conftest import client_of

Answer = Callable[[Any], Any]  # of the body of a GraphQL request


def button(app: AppTest, start: str) -> Button:
    """The first button whose label starts with these words."""
    return next(button for button in app.button if button.label.startswith(start))


def in_mode(app: AppTest, mode: str) -> AppTest:
    """People search with this choice of its control."""
    return app.button_group(key="people_mode").set_value(mode).run()


def wait_for_end(app: AppTest, account: Sandbox) -> AppTest:
    """The page once no job of the account is running any more."""
    records = JobRecords(data.ledger())
    deadline = time.monotonic() + 60
    while records.has_running(client_of(account).fingerprint) and time.monotonic() < deadline:
        time.sleep(0.1)
    return app.run()


def somebody(sandbox: Sandbox) -> int:
    """The index of a person with a verified email and a mobile phone, in the sandbox's world."""
    world = sandbox.world
    return next(
        i
        for i in range(world.people)
        if world.work_email[i] == 1 and world.mobile[i] == 1 and not world.oddity[i]
    )


def copyable(app: AppTest) -> list[str]:
    """The addresses and numbers on the cards, each of which has a button that copies it."""
    return [one.value for one in app.code]


def account_state(app: AppTest) -> AccountState:
    """What the page's session keeps of the only account that it has used."""
    (state,) = app.session_state[SESSION].accounts.values()
    return state


def change_answers(
    patch: pytest.MonkeyPatch, server: Sandbox, change: Callable[[Any, Answer], Any]
) -> None:
    """Lets the sandbox answer GraphQL as ``change`` does, given the body and the real answer."""
    patch.setattr(server.graphql, "answer", partial(change, answer=server.graphql.answer))


def click_and_again(app: AppTest, start: str, method: str, of: type = LeadIQClient) -> AppTest:
    """The page after a click, and another one while this method was at work.

    Streamlit stops the run of the first one from its next drawing on.
    """
    real = getattr(of, method)

    def click_meanwhile(*arguments: Any, **options: Any) -> Any:
        ctx = get_script_run_ctx()
        assert ctx is not None
        assert ctx.script_requests is not None
        ctx.script_requests.request_stop()
        return real(*arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(of, method, click_meanwhile)
        return button(app, start).click().run()
