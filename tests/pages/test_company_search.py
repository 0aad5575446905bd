"""Company search: comparing companies, looking up parents at a price, links to people."""

import json
import re
from typing import Any
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.panels import company_comparison
from leadiq_sandbox import Sandbox
from tests.pages.conftest import ROOT, Open, text_of
from tests.pages.driver import account_state, button


def search(app: AppTest, lines: list[str]) -> AppTest:
    app.text_area(key="companies").input("\n".join(lines))
    app = button(app.run(), "Search").click().run()
    confirmations = [button for button in app.button if button.label.startswith("Spend up to")]
    return confirmations[0].click().run() if confirmations else app


def select(app: AppTest, ids: list[str]) -> AppTest:
    """Starts the table with a selection, as after a look-up: AppTest cannot click a row."""
    outcome = account_state(app).companies
    outcome.preselected, outcome.at = ids, outcome.at + 1
    return app.run()


def turn_to(app: AppTest, tab: str) -> AppTest:
    app.session_state["comparison"] = tab
    return app.run()


def facts_of(app: AppTest) -> Any:
    return next(shown.value for shown in app.dataframe if "fact" in shown.value)


def test_the_first_ten_are_compared_or_those_selected(account: Sandbox, open_page: Open) -> None:
    world = account.world
    app = search(open_page("company_search"), world.domains[:12])
    assert not app.exception
    assert list(facts_of(app).columns) == ["fact", *world.company_names[:10]]
    assert "These are the first 10 of 12." in text_of(app)
    asked = len(account.requests)

    app = select(app, [world.company_ids[11], world.company_ids[2]])
    assert list(facts_of(app).columns) == ["fact", world.company_names[2], world.company_names[11]]
    shown = facts_of(app).set_index("fact")[world.company_names[11]]
    assert shown["Employees"] == f"{world.employees[11]:,}"
    assert "Compare 2 companies" in text_of(app)
    assert not app.warning

    app = select(app, world.company_ids[:11])
    assert list(facts_of(app).columns) == ["fact", *world.company_names[:10]]
    assert "11 companies are selected; the first 10 are compared" in app.warning[0].value
    assert "Deselect one in the table" in app.warning[0].value
    assert len(account.requests) == asked  # looking at it otherwise sends nothing
    assert account.store.used == 36


def test_one_company_is_a_card_without_a_comparison(account: Sandbox, open_page: Open) -> None:
    world = account.world
    app = search(open_page("company_search"), world.domains[:1])
    assert app.header[0].value == "1 company"
    assert not app.dataframe
    assert not app.tabs
    (facts,) = [one.value.set_index("fact")["value"].to_dict() for one in app.table]
    assert facts["Employees"] == f"{world.employees[0]:,}"
    assert [*facts][:3] == ["Employees", "Industry", "Location"]
    assert "Compare" not in text_of(app)


def test_the_table_has_growth_and_the_headcounts_of_each_company(
    account: Sandbox, open_page: Open
) -> None:
    app = search(open_page("company_search"), account.world.domains[:10])
    shown = app.dataframe[0]
    order = ["company", "employees", "growth_12", "growth_24", "revenue", "funding_usd", "trend"]
    assert list(shown.proto.column_order)[:7] == order
    known = shown.value.dropna(subset=["growth_12"])
    assert len(known) > 5
    for row in known.to_dict("records"):
        assert row["growth_12"] == round(row["trend"][-1] / row["trend"][-13] - 1, 2)


def test_companies_survive_a_reload_and_send_nothing(account: Sandbox, open_page: Open) -> None:
    lines = [*account.world.domains[:2], "nowhere.example"]
    search(open_page("company_search"), lines)
    asked = len(account.requests)
    app = open_page("company_search")
    app.session_state["companies"] = "\n".join(lines)  # as the page's address has it
    app = app.run()
    assert app.header[0].value == "2 companies"
    assert "No match (not charged): nowhere" in text_of(app)
    app.session_state["companies"] = lines[0]
    assert app.run().header[0].value == "2 companies"  # until Search is pressed
    assert len(account.requests) == asked


def test_the_price_of_names_is_explained(account: Sandbox, open_page: Open) -> None:
    app = open_page("company_search")
    app.text_area(key="companies").input(f"{account.world.domains[0]}\nAcme Inc\nOther Inc")
    app = app.run()
    assert button(app, "Search").label == "Search · up to 63 UC"
    explained = "21 × company at 3 UC. A name can match up to 10 companies, and 2 lines are names."
    assert explained in text_of(app)


def test_known_hosts_and_people_are_reported_and_not_charged(
    account: Sandbox, open_page: Open
) -> None:
    world = account.world
    app = open_page("company_search")
    app.text_area(key="companies").input(
        "https://www.crunchbase.com/organization/acme\njane@gmail.com\n"
        f"https://www.linkedin.com/in/jane-doe\nhttps://web.archive.org/web/2020/{world.domains[0]}"
    )
    app = app.run()
    assert button(app, "Search").label == "Search · up to 3 UC"
    (warning,) = [one.value.replace("\\", "") for one in app.warning]
    assert "3 lines not sent, so not charged" in warning
    assert "crunchbase.com is a directory of companies" in warning
    assert "gmail.com is a mail provider" in warning
    assert "look it up on People search" in warning
    app = button(app, "Search").click().run()
    assert account.store.used == 3
    assert app.header[0].value == "1 company"
    assert app.subheader[0].value.replace("\\", "") == world.company_names[0]


def test_lines_of_known_hosts_alone_send_nothing(account: Sandbox, open_page: Open) -> None:
    app = open_page("company_search")
    app.text_area(key="companies").input("https://www.facebook.com/amesbakery")
    asked = len(account.requests)
    app = button(app.run(), "Search").click().run()
    assert "None of these lines names a company." in app.error[0].value
    assert len(account.requests) == asked


def test_charts_say_how_many_companies_they_cover(account: Sandbox, open_page: Open) -> None:
    world = account.world
    funded = [bool(amount) for amount in world.funding_usd[:16]].count(True)
    assert 0 < funded < 16
    app = search(open_page("company_search"), world.domains[:16])

    def titles() -> list[str]:
        specs = [json.loads(found.proto.spec) for found in app.get("plotly_chart")]
        found = [spec["layout"]["title"] for spec in specs]
        return [" · ".join([one["text"], *one.get("subtitle", {}).values()]) for one in found]

    distribution = titles()
    assert distribution[:4] == [
        "Industry · ",
        "Employees · ",
        f"Funding stage · {funded} of 16 companies",
        "Country · ",
    ]
    assert re.fullmatch(r"Technology · \+\d+ more", distribution[4])
    app = turn_to(app, "Headcount by function")
    assert titles() == ["Headcount by function", *distribution]
    app = search(app, world.domains[:7])
    assert titles() == ["Headcount by function"]  # too few to distribute


def test_a_chip_filters_the_table_and_the_comparison(account: Sandbox, open_page: Open) -> None:
    world = account.world
    app = search(open_page("company_search"), world.domains[:10])
    shown = app.dataframe[0].value
    industry = shown["industry"].mode()[0]
    left = shown[shown["industry"] == industry]["company"].tolist()
    assert 1 < len(left) < 10  # one alone has no table
    sent = len(account.requests)
    app.session_state["narrow_companies"] = [f"Industry: {industry}"]
    app = app.run()
    assert app.dataframe[0].value["company"].tolist() == left
    assert list(facts_of(app).columns) == ["fact", *left]
    # Without a mouse: the box that adds a chip.
    app.session_state["narrow_companies"] = []
    box = app.run().selectbox(key="narrow_companies_value")
    assert f"Industry: {industry} · {len(left)}" in box.options
    app = box.set_value(f"Industry: {industry}").run()
    assert app.session_state["narrow_companies"] == [f"Industry: {industry}"]
    assert app.dataframe[0].value["company"].tolist() == left
    app.session_state["narrow_companies"] = ["Industry: Nothing such"]
    assert "No company matches the chart filters" in text_of(app.run())
    assert len(account.requests) == sent


def test_a_parent_is_looked_up_for_its_price_once(account: Sandbox, open_page: Open) -> None:
    world = account.world
    child = next(c for c in range(world.companies) if world.parent[c] is not None)
    parent = world.parent[child]
    others = [c for c in range(20) if c not in (child, parent)][:2]
    app = search(open_page("company_search"), [world.domains[c] for c in (*others, child)])
    app = turn_to(select(app, [world.company_ids[child]]), "Ownership")
    name = world.company_names[parent].replace(".", r"\.")
    assert f"is owned by **{name}**" in text_of(app)
    used = account.store.used
    price = f"Look up {name} · up to 3 UC"
    assert button(app, "Look up").label == price
    assert "parent of" in (button(app, "Look up").key or "")  # a double click is for this one alone
    app = button(app, "Look up").click().run()
    assert not app.exception
    assert account.store.used == used + 3
    assert price not in [found.label for found in app.button]
    asked = len(account.requests)
    app = turn_to(app, "Compare")
    assert list(facts_of(app).columns) == [
        "fact",
        world.company_names[child],
        world.company_names[parent],
    ]
    assert len(account.requests) == asked
    assert account.store.used == used + 3


def test_a_failed_look_up_keeps_results_and_selection(
    account: Sandbox, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    selected: dict[float, list[str]] = {}  # by hand, for as long as the table is the same

    def by_hand(_frame: Any, _id: str, _key: str, version: float, _: Any, first: Any) -> list[str]:
        return selected.setdefault(version, list(first))

    monkeypatch.setattr(company_comparison, "selectable_table", by_hand)
    world = account.world
    child = next(c for c in range(world.companies) if world.parent[c] is not None)
    other = next(c for c in range(5) if c not in (child, world.parent[child]))
    app = search(open_page("company_search"), [world.domains[c] for c in (other, child)])
    selected[hash((account_state(app).companies.at,))] = [world.company_ids[child]]
    app = app.run()
    account.faults.choose(["500:1"])
    app = button(app, "Look up").click().run()
    assert not app.exception
    assert "could not be reached" in app.error[0].proto.title
    assert f", parent of {world.company_names[child]}" in text_of(app).replace("\\", "")
    account.faults.choose([])
    asked = len(account.requests)
    app = app.run()
    assert button(app, "Look up").label.endswith("up to 3 UC")
    assert app.subheader[0].value.replace("\\", "") == world.company_names[child]
    assert len(account.requests) == asked


def test_companies_without_any_facts(
    account: Sandbox, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = account.graphql.answer
    found = {"totalResults": 2, "hasMore": False, "results": [{"id": "a"}, {"id": "b"}]}

    def bare(body: dict[str, Any]) -> dict[str, Any]:
        if "searchCompany" in body["query"]:
            return {"data": {"searchCompany": found}}
        return answer(body)

    monkeypatch.setattr(account.graphql, "answer", bare)
    app = search(open_page("company_search"), ["a.example"])
    assert not app.exception
    assert list(facts_of(app).columns) == ["fact", "No name", "No name #2"]
    assert {*facts_of(app)["No name"]} == {""}
    for tab, note in (
        ("Headcount by function", "LeadIQ has no headcount by function for these companies."),
        ("Technologies", "LeadIQ has no technologies for these companies."),
        ("Ownership", "**No name**: no parent is known."),
    ):
        app = turn_to(app, tab)
        assert note in text_of(app)
        assert not app.exception


def test_the_chosen_columns_are_shown(account: Sandbox, open_page: Open) -> None:
    app = search(open_page("company_search"), account.world.domains[:2])
    assert "country_code" not in app.dataframe[0].proto.column_order
    app.session_state["companies_columns"] = ["company", "country_code", "employees"]
    app = app.run()
    assert list(app.dataframe[0].proto.column_order) == ["company", "employees", "country_code"]
    assert not app.exception


def test_links_lead_to_people_by_domain(account: Sandbox) -> None:
    world = account.world
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    app = search(app.switch_page("pages/company_search.py").run(), world.domains[:2])
    links = {
        link.proto.label: parse_qs(link.proto.query_string)
        for link in app.get("page_link")
        if link.proto.label.startswith("People at")
    }
    names = [name.replace(".", r"\.") for name in world.company_names[:2]]
    assert links == {
        "People at 2 companies": {"company_domains": ["\n".join(world.domains[:2])]},
        f"People at {names[0]}": {"company_domains": [world.domains[0]]},
        f"People at {names[1]}": {"company_domains": [world.domains[1]]},
    }


def test_chips_end_with_the_search_that_they_filtered(account: Sandbox, open_page: Open) -> None:
    world = account.world
    app = search(open_page("company_search"), world.domains[:10])
    app.session_state["narrow_companies"] = ["Industry: Nothing such"]
    app = search(app.run(), world.domains[10:20])
    assert "10 companies" in [header.value for header in app.header]
    assert len(app.dataframe[0].value) == 10
    assert app.session_state["narrow_companies"] == []


def test_a_chip_of_people_is_named_and_filters_no_companies(
    account: Sandbox, open_page: Open
) -> None:
    app = search(open_page("company_search"), account.world.domains[:10])
    app.session_state["narrow_companies"] = ["Seniority: VP"]
    app = app.run()
    assert "No chart has “Seniority\\: VP”. Remove it." in text_of(app)
    assert len(app.dataframe[0].value) == 10
