"""The examples of the first minute: filled by a click, and run in the sandbox alone, once."""

from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import data
from dashboard.account import connect
from dashboard.ledger.budgets import Budget
from dashboard.search import inputs
from dashboard.search.examples import (
    BY_COMPANY,
    DOMAIN,
    EMAIL,
    EXAMPLES,
    FIRST_NAME,
    LAST_NAME,
    PROFILE_URL,
)
from leadiq_sandbox import Sandbox
from tests.conftest import client_of
from tests.pages.conftest import ROOT, text_of
from tests.pages.driver import button, in_mode


@pytest.fixture(scope="module")
def whole_world() -> Sandbox:
    """The sandbox that the app starts: its people are those of the placeholders."""
    running = Sandbox(rpm=0).start()
    yield running
    running.stop()


@pytest.fixture
def embedded(whole_world: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """The same as the app's own sandbox, which runs without a key."""
    monkeypatch.setattr(data, "sandbox", lambda: whole_world)
    return whole_world


def start() -> AppTest:
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.action)
def test_an_example_runs_in_one_click_and_not_again(embedded: Sandbox, example) -> None:
    app = start()
    before, asked = embedded.store.used, len(embedded.requests)
    label = button(app, example.action).label
    app = button(app, example.action).click().run()
    assert not app.exception
    charged = embedded.store.used - before
    assert len(app.dataframe) or "1 match" in text_of(app)
    assert 0 < charged <= Decimal(label.split("up to ")[1].removesuffix(" UC"))
    # A rerun, going back and returning, and a reload send nothing that is paid.
    app.run()
    app.switch_page("pages/usage.py").run()
    app.switch_page(example.page).run()
    start().switch_page(example.page).run()
    assert embedded.store.used - before == charged
    paid = [seen for seen in embedded.requests[asked:] if seen.operation == example.operation]
    assert len(paid) == len(example.inputs)


@pytest.mark.parametrize("example", [*EXAMPLES, BY_COMPANY], ids=lambda example: example.action)
def test_with_a_key_an_example_stops_before_the_button(account: Sandbox, example) -> None:
    app = button(start(), example.action).click().run()
    assert not app.exception
    assert account.store.used == 0
    assert {key: app.session_state[key] for key in example.entries} == example.entries
    assert not button(app, "Search · up to").disabled


def test_an_example_opens_the_box_for_one_person(embedded: Sandbox) -> None:
    app = in_mode(start().switch_page("pages/people_search.py").run(), "Upload a file")
    app = button(app.switch_page("pages/usage.py").run(), "Get 1 email").click().run()
    assert "1 match" in text_of(app)


def test_the_sample_file_is_checked_in_one_click_and_nothing_is_paid(embedded: Sandbox) -> None:
    before, asked = embedded.store.used, len(embedded.requests)
    app = button(start(), "Check match rate · free").click().run()
    assert not app.exception
    assert embedded.store.used == before
    assert "**10 of 11 rows ready**" in text_of(app)
    # All ten are found, by profile, address, and name with company.
    rate = next(metric for metric in app.metric if metric.label == "Expected match rate")
    assert rate.help.startswith("10 of 10 checked")
    assert rate.value.endswith("100%")
    previews = len(embedded.requests)
    assert previews > asked
    assert button(app, "Look up 10 people · up to ")
    app.run()
    assert not app.exception
    assert "searchPeople" not in {seen.operation for seen in embedded.requests[asked:]}
    assert len(embedded.requests) == previews


def test_with_a_key_there_is_no_sample_file(account: Sandbox) -> None:
    assert not [box for box in start().button if "Check match rate" in box.label]


def test_an_example_above_the_threshold_asks_first(embedded: Sandbox) -> None:
    app = start()
    account = connect({}, None).client.fingerprint
    data.ledger().budgets.save(account, Budget(confirm_above=Decimal("0.5")))
    before = embedded.store.used
    app = button(app, EXAMPLES[0].action).click().run()
    assert embedded.store.used == before
    assert [box.label for box in app.button if box.key == "go_on"]


def test_every_placeholder_finds_someone(whole_world: Sandbox) -> None:
    client = client_of(whole_world)
    for request in (
        {"email": EMAIL},
        {"linkedinUrl": PROFILE_URL},
        {"firstName": FIRST_NAME, "lastName": LAST_NAME, "company": {"domain": DOMAIN}},
    ):
        (found,) = client.search_people(request, data_points={"email"})["results"]
        assert found["name"]["first"] == FIRST_NAME
    companies, problems = inputs.company_lines(inputs.COMPANY_EXAMPLES)
    assert (len(companies), problems) == (3, {})
    for company in companies.values():
        assert client.search_company(company)["results"][0]["domain"] == DOMAIN


def test_the_sandbox_suggests_its_own_values(embedded: Sandbox) -> None:
    app = start()
    app = app.switch_page("pages/advanced_search.py").run()
    assert "VP of Sales" in app.multiselect(key="titles").options
    assert "Banking" in app.multiselect(key="industries").options
    assert "Boston, Massachusetts, United States" in app.multiselect(key="locations").options
