"""Starting an advanced search from an ideal customer profile of the team."""

from leadiq_sandbox import Sandbox
from tests.pages.conftest import Open, text_of
from tests.pages.driver import button


def test_a_profile_fills_the_filters_and_sends_nothing(account: Sandbox, open_page: Open) -> None:
    app = open_page("advanced_search")
    assert "Start from:" in text_of(app)
    app.text_area(key="names").input("Somebody Else").run()
    app = button(app, "Sales leaders in the United States").click().run()
    assert not app.exception
    assert app.multiselect(key="titles").value == ["VP Sales", "Head of Sales"]
    assert app.button_group(key="seniorities").value == ["VP", "Director"]
    assert app.text_area(key="other_sizes").value == "51 – 1,000"
    assert app.multiselect(key="company_locations").value == ["United States"]
    assert app.text_area(key="names").value == ""
    assert "Filters filled in from “Sales leaders in the United States”." in text_of(app)
    assert account.store.used == 0
    app = button(app, "Search").click().run()
    assert not app.exception
    assert not app.error


def test_a_team_without_profiles_sees_nothing_of_them(account: Sandbox, open_page: Open) -> None:
    account.graphql.profiles.icps = ()
    app = open_page("advanced_search")
    assert not app.exception
    assert "Start from" not in text_of(app)
