"""Whatever the schema allows a server to send is shown as text and breaks no page."""

import pytest

from dashboard.formatting import strip_control_chars
from leadiq_sandbox import Sandbox
from tests.pages.conftest import Open
from tests.pages.driver import button
from tests.pages.hostile import TEXTS, Hostile


@pytest.mark.parametrize("seed", range(9))
def test_no_answer_that_the_schema_allows_breaks_a_page(
    account: Sandbox, open_page: Open, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(account.graphql, "answer", Hostile(account, seed))
    assert not open_page("usage").exception

    people = open_page("people_search")
    people.session_state["people_by"] = "Email"
    people.session_state["people_points"] = ["email", "phone", "company"]
    people.run()
    people.text_input(key="people_email").input("a@b.example")
    for _ in range(2):  # the second click shows another answer
        people = button(people, "Search").click().run()
        assert not people.exception

    companies = open_page("company_search")
    companies.text_area(key="companies").input("a.example\nb.example\nc.example")
    companies = button(companies.run(), "Search").click().run()
    assert not companies.exception
    for tab in ("Headcount by function", "Technologies", "Parents"):
        companies.session_state["comparison"] = tab
        assert not companies.run().exception

    for grouping in ("Flat", "Grouped by company"):
        advanced = open_page("advanced_search")
        advanced.session_state["results"] = grouping
        advanced.session_state["company_information"] = True
        advanced = advanced.run()
        advanced.multiselect(key="roles").set_value(["Sales"])
        advanced = button(advanced, "Search").click().run()
        assert not advanced.exception


@pytest.mark.parametrize("text", TEXTS)
def test_hostile_prospects_are_listed_and_exported(
    account: Sandbox, open_page: Open, text: str
) -> None:
    made = account.store.create_list(text or "Empty", text)
    body = dict.fromkeys(("firstName", "lastName", "title", "notes", "linkedinUrl"), text)
    for _ in range(2):
        account.store.create_prospect(
            {
                **body,
                "company": {"name": text},
                "location": {"city": text},
                "mobilePhones": [{"value": text}, {}],
                "seniority": text,
                "workEmail": text,
            },
            made["id"],
        )
    app = open_page("lists")
    assert not app.exception
    assert len(app.dataframe[1].value) == 2
    # A select box shows its options as they are: no character in them may act.
    options = [option for box in (*app.selectbox, *app.multiselect) for option in box.options]
    assert made["name"] == text or not text
    assert options == [strip_control_chars(option) for option in options]
