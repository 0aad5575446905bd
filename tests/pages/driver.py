"""What a user does on a page under AppTest."""

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from dashboard.state import SESSION, AccountState
from leadiq_sandbox import Sandbox


def button(app: AppTest, start: str) -> Button:
    """The first button whose label starts with these words."""
    return next(button for button in app.button if button.label.startswith(start))


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
