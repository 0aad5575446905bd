"""Examples open a page with what they say, and with nothing from before."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.search.examples import BY_COMPANY, EMAIL, EXAMPLES
from leadiq_sandbox import Sandbox
from tests.pages.conftest import ROOT, text_of
from tests.pages.driver import button


def start() -> AppTest:
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()


def example(app: AppTest, action: str) -> AppTest:
    return button(app.switch_page("pages/usage.py").run(), action).click().run()


def test_an_example_leaves_nothing_of_an_earlier_person(account: Sandbox) -> None:
    app = start().switch_page("pages/people_search.py").run()
    app.text_input(key="people_firstName").input("Jane")
    app.text_input(key="people_lastName").input("Doe")
    app.text_input(key="people_company").input("Northlabs").run()
    app.button_group(key="people_points").set_value(["email"]).run()
    app.number_input(key="people_limit").set_value(25)
    app.checkbox(key="people_verified_emails").check()
    app.number_input(key="people_min_confidence").set_value(90).run()
    app = example(app, EXAMPLES[2].action)
    assert app.text_input(key="people_identifier").value == EMAIL
    assert app.text_input(key="people_firstName").value == ""
    assert button(app, "Search").label == "Search · up to 1 UC"
    app.switch_page(EXAMPLES[2].page)
    app = button(app, "Search").click().run()
    assert not app.error
    assert [one.operation for one in account.requests].count("searchPeople") == 1


@pytest.mark.parametrize("one", [EXAMPLES[0], BY_COMPANY], ids=lambda one: one.action)
def test_an_example_leaves_nothing_of_an_earlier_search(account: Sandbox, one: Any) -> None:
    app = start().switch_page("pages/advanced_search.py").run()
    app.text_area(key="company_domains").input("northlabs.example")
    app.multiselect(key="not_titles").set_value(["CEO"])
    app.text_input(key="revenue").input("1M+")
    app.session_state["sortContactsBy"] = ["NameAsc"]
    app.multiselect(key="roles").set_value(["Sales"])
    app = button(app, "Search").click().run()
    app.session_state["narrow"] = ["Seniority: VP"]
    app = example(app.run(), one.action)
    title = one.entries["titles"][0]
    pills = next(group for group in app.button_group if "active_filters" in str(group.key))
    places = ["Location: United States ✕"] if one.entries["locations"] else []
    assert [pill.replace("\\", "") for pill in pills.options] == [f"Titles: {title} ✕", *places]
    assert app.title[0].value == "Advanced search"  # not the earlier results
    assert app.session_state["sortContactsBy"] == []
    assert not app.session_state["narrow"]


def test_an_example_leaves_nothing_of_earlier_companies(account: Sandbox) -> None:
    app = start().switch_page("pages/company_search.py").run()
    app.text_area(key="companies").input(account.world.domains[0]).run()
    app = button(app, "Search").click().run()
    assert "1 company" in text_of(app)
    app = example(app, EXAMPLES[1].action)
    assert "1 company" not in text_of(app)
