"""Every fault on every page: reported in the right words, no entry lost, nothing doubled, nothing
paid twice, and the page usable afterwards. Over real HTTP; the sandbox's meter is the witness."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from dashboard import data
from dashboard.errors import ADVICE, UNKNOWN_CHARGE_ADVICE
from dashboard.ledger.schema import EventState
from dashboard.page import PAGES
from leadiq_api import (
    AuthenticationError,
    RateLimitError,
    ServiceError,
)
from leadiq_sandbox import Sandbox
from leadiq_sandbox.faults import KINDS
from tests.conftest import leave
from tests.faults import ERROR_OF_FAULT
from tests.pages.conftest import Open, text_of
from tests.pages.driver import button

# The kind of error that a page shows for each fault.
KIND = ERROR_OF_FAULT | dict.fromkeys(("lost", "lost-paid", "partial", "one-of-many"), ServiceError)
# 500-in-200 and the other statuses are like these, and tested with the client; one-of-many needs
# many people in one request, which only bulk jobs send.
FAULTS = (
    "401",
    "402",
    "429",
    "429-in-200",
    "500",
    "502-html",
    "bad-json",
    "truncated",
    "wrong-types",
    "reset",
    "hang",
    "drip",
    "lost",
    "lost-paid",
    "partial",
)
SLOW = ("hang", "drip")
PAID = ("searchPeople", "searchCompany", "flatAdvancedSearch", "groupedAdvancedSearch")


@dataclass(frozen=True)
class Task:
    """What a user does on a page: fills it in, and clicks a button that reads or writes.

    ``entries`` returns what was entered and must not be lost; ``max_cost`` is in UC.
    """

    button: str
    fill: Callable[[AppTest, Sandbox], object] = lambda app, account: None
    entries: Callable[[AppTest], object] = lambda app: None
    max_cost: Decimal = Decimal(0)
    sends: str = ""  # the paid operation


def by_linkedin(app: AppTest, account: Sandbox) -> None:
    url = "https://www.linkedin.com/in/nobody-of-this-world"
    app.text_input(key="people_identifier").input(url)


def roles(app: AppTest) -> Any:
    return next(box for box in app.multiselect if box.label == "Role")


TASKS = {
    "usage": Task("Refresh"),
    "people_search": Task(
        "Search",
        by_linkedin,
        lambda app: app.text_input(key="people_identifier").value,
        Decimal("0.1"),
        "searchPeople",
    ),
    "company_search": Task(
        "Search",
        lambda app, account: (
            app.text_area(key="companies").input(account.world.domains[0]).run()
        ),  # not in a form: the price on the button follows
        lambda app: app.text_area(key="companies").value,
        Decimal(3),
        "searchCompany",
    ),
    "advanced_search": Task(
        "Search",
        lambda app, account: roles(app).set_value(["Sales"]),
        lambda app: roles(app).value,
        Decimal(10),
        "flatAdvancedSearch",
    ),
    "lists": Task(
        "Create the list",
        lambda app, account: app.text_input(key="list_name_0").input("Pilots"),
        lambda app: app.text_input(key="list_name_0").value,
    ),
}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    running = Sandbox(people=60, credits=100, rpm=0).start()
    yield running
    leave(running)


def test_the_tables_are_whole() -> None:
    """Neither a new page nor a new fault can be forgotten here."""
    assert {Path(path).stem for path, _ in PAGES} == set(TASKS)
    assert set(KIND) == set(KINDS)


def patience(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sets how long a client waits for an answer from now on."""
    monkeypatch.setenv("LEADIQ_TIMEOUT_SECONDS", f"5, {seconds}")


def click(app: AppTest, label: str) -> AppTest:
    return button(app, label).click().run()


def errors_of(app: AppTest) -> str:
    return "\n".join(error.value for error in app.error)


def retry(app: AppTest) -> AppTest:
    """Clicks "Try again" until there is none: each failed read has its own."""
    for _ in range(5):
        retries = [button for button in app.button if button.label == "Try again"]
        if not retries:
            return app
        app = retries[0].click().run()
    raise AssertionError("A page that does not recover")


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", TASKS)
def test_a_page_opens_during_a_fault_and_recovers(
    account: Sandbox, open_page: Open, name: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if fault in SLOW:
        patience(0.2, monkeypatch)
    account.faults.choose([f"{fault}:1"])
    app = open_page(name)
    assert not app.exception
    if fault == "lost":  # opening a page writes nothing
        assert not app.error
    else:
        assert ADVICE[KIND[fault]].next_step.split(".")[0] in errors_of(app)
    assert account.api_key not in text_of(app)
    assert account.decoded_key not in text_of(app)
    account.faults.choose([])
    patience(10.0, monkeypatch)
    app = retry(app)
    assert not app.exception
    assert not app.error
    assert account.store.used == 0


@pytest.mark.parametrize("name", [name for name, task in TASKS.items() if task.sends])
def test_a_request_that_was_never_sent_is_not_reported_as_perhaps_charged(
    account: Sandbox, open_page: Open, name: str
) -> None:
    """Offline, a search finds no connection: there is no doubt that it cost nothing."""
    app = open_page(name)
    TASKS[name].fill(app, account)
    assert account._server
    assert account._thread
    account._server.should_exit = True
    account._thread.join()
    app = click(app, TASKS[name].button)
    assert not app.exception
    assert "Nothing was sent or charged." in errors_of(app)
    assert UNKNOWN_CHARGE_ADVICE not in errors_of(app)
    with data.ledger().database.reading() as db:
        assert db.execute(sa.text("SELECT state FROM events")).all() == [(EventState.REFUSED,)]


def names(account: Sandbox) -> Counter[str]:
    return Counter(str(row["name"]) for row in account.prospector.lists({"limit": "100"})["items"])


def times_sent(account: Sandbox, operation: str) -> int:
    return sum(seen.operation == operation for seen in account.requests)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", TASKS)
def test_a_click_meets_a_fault(
    account: Sandbox, open_page: Open, name: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = TASKS[name]
    app = open_page(name)
    task.fill(app, account)
    entered = task.entries(app)
    if fault in SLOW:
        patience(0.2, monkeypatch)
    account.faults.choose([f"{fault}:1"])
    app = click(app, task.button)

    # The error is in the words for its kind, and says if it may have been charged.
    assert not app.exception
    applies = bool(task.sends) if fault == "lost-paid" else fault != "lost"
    kind = KIND[fault]
    if applies and not (name == "lists" and fault == "partial"):
        unknown = task.sends and kind is ServiceError
        advice = UNKNOWN_CHARGE_ADVICE if unknown else ADVICE[kind].next_step
        assert advice.split(".")[0] in errors_of(app)
    # Entries are still there; a list that was created has an empty form for the next.
    made = name == "lists" and not app.error
    if kind is not AuthenticationError:  # a refused key stops the page; it is checked below
        assert made or task.entries(app) == entered

    # Sent once if it may have been done, and charged once at most.
    sends, used = times_sent(account, task.sends), account.store.used
    if task.sends and kind is not RateLimitError:
        assert sends == 1
    assert used <= task.max_cost
    assert names(account)["Pilots"] <= 1

    # Afterwards nothing is sent without a click, and the page works.
    account.faults.choose([])
    patience(10.0, monkeypatch)
    app = retry(app.run()).run()
    assert not app.exception
    assert (times_sent(account, task.sends), account.store.used) == (sends, used)
    if name == "lists" and names(account)["Pilots"]:
        assert "Pilots" in text_of(app)
        return
    assert task.entries(app) == entered  # after a refused key too, which stopped the page
    task.fill(app, account)
    app = click(app, task.button)
    assert not app.exception
    assert not app.error
    assert account.store.used <= task.max_cost
    assert {
        operation: times_sent(account, operation) for operation in PAID if operation != task.sends
    } == {operation: 0 for operation in PAID if operation != task.sends}
    if task.sends:  # a complete answer is not requested again
        assert times_sent(account, task.sends) == sends + applies
    if name == "lists":
        assert names(account) == Counter({"Pilots": 1})
