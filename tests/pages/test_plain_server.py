"""A server without any of what LeadIQ has added: no trace of it on any page, and no error."""

from collections.abc import Iterator

import pytest

from leadiq_sandbox import Sandbox, graphql_schema
from tests.conftest import client_of
from tests.pages.conftest import PAGES, Open, text_of, use
from tests.pages.driver import button

ADDED = (
    "icpDefinitions",
    "regenerate",
    "regeneratedTime",
    "contactTrackingBalance",
    "trackContacts",
    "trackedContacts",
)
WORDS = ("start from", "out of date", "company list", "track job changes")


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    with Sandbox(people=300, credits=1000, rpm=0, cursor=False, company_lists=False) as sandbox:
        schema = sandbox.graphql.schema = graphql_schema.build()
        for name in ADDED:
            schema.query_type.fields.pop(name, None)
            schema.mutation_type.fields.pop(name, None)
        use(sandbox, monkeypatch)
        client_of(sandbox).create_list("Pilots")
        sandbox.requests.clear()
        yield sandbox


@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_no_trace_of_it(plain: Sandbox, open_page: Open, page: str) -> None:
    app = open_page(page)
    if page == "people_search":
        app = (
            app.text_input(key="people_identifier")
            .input("https://www.linkedin.com/in/nobody-of-this-world")
            .run()
        )
    elif page == "company_search":
        app = app.text_area(key="companies").input(plain.world.domains[0]).run()
    elif page == "advanced_search":
        app.multiselect(key="roles").set_value(["Sales"])
    if page.endswith("search"):
        app = button(app, "Search").click().run()
    assert not app.exception
    assert not app.error
    labels = [block.label for block in (*app.expander, *app.button)]
    shown = "\n".join([text_of(app), *labels]).lower()
    assert [word for word in WORDS if word in shown] == []
    assert {seen.operation for seen in plain.requests}.isdisjoint(ADDED)
    assert {seen.status for seen in plain.requests} == {200}
