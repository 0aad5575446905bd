"""Whatever the schema allows a server to send is shown as text and breaks no page."""

from typing import Any

import pytest
import streamlit as st

from dashboard.formatting import strip_control_chars
from leadiq_sandbox import Sandbox
from tests.pages.conftest import PAGES, Open
from tests.pages.driver import button
from tests.pages.hostile import TEXTS, Hostile


@pytest.mark.parametrize("seed", range(9))
def test_no_answer_that_the_schema_allows_breaks_a_page(
    account: Sandbox, open_page: Open, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    honest, hostile = account.graphql.answer, Hostile(account, seed)
    monkeypatch.setattr(account.graphql, "answer", hostile)
    for page in PAGES:
        assert not open_page(page).exception

    def answer(body: dict[str, Any]) -> dict[str, Any]:
        """A hostile balance or price may cover no search at all."""
        return honest(body) if "query Account {" in body["query"] else hostile(body)

    st.cache_data.clear()
    monkeypatch.setattr(account.graphql, "answer", answer)
    people = open_page("people_search")
    people.session_state["people_points"] = ["email", "phone", "company"]
    people.run()
    people.text_input(key="people_identifier").input("a@b.example")
    for _ in range(2):  # the second click shows another answer
        people = button(people, "Search").click().run()
        assert not people.exception

    companies = open_page("company_search")
    companies.text_area(key="companies").input("a.example\nb.example\nc.example")
    companies = button(companies.run(), "Search").click().run()
    assert not companies.exception
    for tab in ("Headcount by function", "Technologies", "Ownership"):
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
    assert len(app.dataframe[0].value) == 2
    # A select box shows its options as they are: no character in them may act.
    options = [option for box in (*app.selectbox, *app.multiselect) for option in box.options]
    assert made["name"] == text or not text
    assert options == [strip_control_chars(option) for option in options]
