"""What a user does on a page under AppTest."""

from streamlit.testing.v1 import AppTest

from dashboard.state import SESSION, AccountState
from leadiq_sandbox import Sandbox


def button(app: AppTest, start: str):
    return next(found for found in app.button if found.label.startswith(start))


def somebody(sandbox: Sandbox) -> int:
    world = sandbox.world
    return next(
        i
        for i in range(world.people)
        if world.work_email[i] == 1 and world.mobile[i] == 1 and not world.oddity[i]
    )


def account_state(app: AppTest) -> AccountState:
    """What the page's session keeps of the only account that it has used."""
    (state,) = app.session_state[SESSION].accounts.values()
    return state
