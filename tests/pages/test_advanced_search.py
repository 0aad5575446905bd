"""Advanced search: filters, chips, loading, saving, enriching, and what it costs."""

import csv
import io
import re
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.panels import search_results
from dashboard.widgets import tables
from leadiq_sandbox import Sandbox
from tests.conftest import client_of
from tests.pages.conftest import Open, new_session, text_of, use
from tests.pages.driver import account_state, button


@pytest.fixture
def downloads(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the download buttons of the last run would save, by key."""
    given: dict[str, Any] = {}

    def keep(_label: str, *, data: Any, key: str, **_: Any) -> None:
        given[key] = data

    monkeypatch.setattr(st, "download_button", keep)
    return given


@pytest.fixture
def select(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The selected ids by table key: AppTest cannot select a row."""
    chosen: dict[str, list[str]] = {}

    def selectable(frame: Any, id_column: str, key: str, *_: Any) -> list[str]:
        tables.table(frame, f"{key}_shown")
        here = {*frame[id_column]}
        return [id for id in chosen.get(key, []) if id in here]

    monkeypatch.setattr(search_results, "selectable_table", selectable)
    return chosen


@pytest.fixture
def advanced(account: Sandbox, open_page: Open) -> AppTest:
    return open_page("advanced_search")


def search(app: AppTest, **widgets: Any) -> AppTest:
    """Searches people in sales; ``widgets`` are values of widgets outside the form, by key."""
    for key, value in {"limit": 25, **widgets}.items():
        app.session_state[key] = value
    app = app.run()
    app.multiselect(key="roles").set_value(["Sales"])
    return button(app, "Search").click().run()


def people(app: AppTest) -> Any:
    return app.dataframe[-1].value


def narrow(app: AppTest, *chips: str) -> AppTest:
    app.session_state["narrow"] = [*chips]
    return app.run()


def test_the_box_of_chips_is_drawn_once_there_is_one(advanced: AppTest) -> None:
    def boxes(app: AppTest) -> list[str]:
        return [box.label for box in app.multiselect]

    app = search(advanced, limit=100)
    assert "Chart filters" not in boxes(app)
    value = next(box for box in app.selectbox if box.label == "Chart filter")
    app = value.select_index(0).run()  # as without a mouse
    assert "Chart filters" in boxes(app)
    (chip,) = app.session_state["narrow"]
    box = next(box for box in app.selectbox if box.label == "Chart filter")
    assert not any(option.startswith(f"{chip} · ") for option in box.options)
    assert "Chart filters" not in boxes(narrow(app))


def test_chips_filter_the_table_and_charts_say_how_many_they_cover(
    account: Sandbox, advanced: AppTest
) -> None:
    app = search(advanced, limit=100)
    whole = people(app)
    assert len(whole) == 100
    sent = len(account.requests)
    app = narrow(app, "Seniority: Manager", "Seniority: VP", "Country: United States")
    expected = whole[
        whole["seniority"].isin(["Manager", "VP"]) & (whole["country"] == "United States")
    ]
    assert 0 < len(expected) < 100
    assert people(app)["person_id"].tolist() == expected["person_id"].tolist()
    assert f"{len(expected)} of the first 100" in text_of(app)
    app = narrow(app, "Seniority: VP", "gibberish")
    assert "No chart has “gibberish”" in text_of(app)
    assert {*people(app)["seniority"]} == {"VP"}
    app = narrow(app, "Seniority: Nobody")
    assert "No one matches the chart filters" in text_of(app)
    app = next(one for one in app.button if one.label == "Clear chart filters").click().run()
    assert len(people(app)) == 100
    app = narrow(app)
    app = app.text_input(key="find").input(str(whole["name"].iloc[3]).upper()).run()
    assert whole["name"].iloc[3] in people(app)["name"].tolist()
    assert len(people(app)) < 100
    assert len(account.requests) == sent  # looking sends nothing


def test_loading_all_up_to_a_number_requests_totals_once(
    account: Sandbox, advanced: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, documents = account.graphql.answer, []

    def listen(body: Any) -> Any:
        documents.append(body["query"])
        return answer(body)

    monkeypatch.setattr(account.graphql, "answer", listen)
    app = search(advanced)
    app.number_input(key="load_up_to").set_value(90)
    app = app.run()
    assert button(app, "Load first 90 · up to 7.5 UC")
    app = button(app, "Load first 90").click().run()
    assert len(people(app)) == 100  # whole pages
    assert account.store.used == Decimal(10)
    searches = [text for text in documents if "flatAdvancedSearch" in text]
    assert len(searches) == 4
    assert ["totalPeople" in text for text in searches] == [True, False, False, False]


def test_a_failure_in_the_middle_keeps_what_was_loaded(account: Sandbox, advanced: AppTest) -> None:
    app = search(advanced)
    account.store.credits = Decimal(5)  # enough for one page more
    app = button(app, "Load first").click().run()
    assert not app.exception
    assert len(people(app)) == 50
    assert account.store.used == Decimal(5)
    assert any("not enough credits" in error.proto.title for error in app.error)


def test_a_reload_keeps_what_was_loaded(account: Sandbox, advanced: AppTest) -> None:
    app = search(advanced)
    app = button(app, "Load 25 more").click().run()
    found = people(app)["person_id"].tolist()
    paid = [seen.path for seen in account.requests if seen.path == "/graphql"]
    again = new_session("advanced_search")
    again.session_state["roles"] = ["Sales"]  # as the address gives them back
    again.session_state["limit"] = 25
    again = again.run()
    assert people(again)["person_id"].tolist() == found
    assert account.store.used == Decimal(5)
    new = [seen.path for seen in account.requests if seen.path == "/graphql"]
    assert len(new) - len(paid) <= 1  # the balance, at most


def test_another_account_sees_nothing_of_it(
    account: Sandbox, advanced: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    search(advanced)
    with Sandbox(people=300, credits=10, rpm=0) as other:
        use(other, monkeypatch)
        app = new_session("advanced_search")
        app.session_state["roles"] = ["Sales"]
        app = app.run()
        assert "Nothing is sent before that" in text_of(app)
        assert app.multiselect(key="titles").options == []
        assert other.store.used == 0


def test_wrong_input_is_reported_at_the_field_and_not_sent(
    account: Sandbox, advanced: AppTest
) -> None:
    advanced.multiselect(key="roles").set_value(["Sales"])
    advanced.text_area(key="company_domains").input("acme.com\nno domain")
    advanced.text_input(key="revenue").input("lots")
    app = button(advanced, "Search").click().run()
    problems = [block.value.replace("\\", "") for block in app.markdown]
    assert any("“no”, “domain” are not a domain" in one for one in problems)
    assert "Nothing was sent" in app.error[0].value
    assert "Annual revenue" in app.error[0].value
    assert account.store.used == 0
    assert app.text_area(key="company_domains").value == "acme.com\nno domain"
    assert app.multiselect(key="roles").value == ["Sales"]


def test_an_ambiguous_place_is_not_sent_and_its_readings_are_offered(
    account: Sandbox, advanced: AppTest
) -> None:
    advanced.multiselect(key="locations").set_value(["London"])
    app = button(advanced, "Search").click().run()
    assert "“London” is not clear" in app.error[0].value
    assert account.store.used == 0
    assert app.multiselect(key="locations").options[:2] == ["London, ,", "London,"]
    app.multiselect(key="locations").set_value(["London, ,"])
    app = button(app, "Search").click().run()
    assert not app.error
    assert set(app.dataframe[0].value["city"]) == {"London"}


def test_a_pasted_column_of_domains(account: Sandbox, open_page: Open) -> None:
    world = account.world
    app = open_page("advanced_search")
    app.text_area(key="company_domains").input("\r\n".join(world.domains[:3]))
    app = button(app, "Search").click().run()
    names = {*people(app)["company"].dropna()}
    assert names <= {*world.company_names[:3]}
    assert names


def test_values_seen_are_suggested_next_time(account: Sandbox, advanced: AppTest) -> None:
    assert advanced.multiselect(key="titles").options == []
    app = search(advanced)
    titles = {*people(app)["title"].dropna()}
    assert titles <= {*app.multiselect(key="titles").options}
    assert titles <= {*app.multiselect(key="not_titles").options}
    assert any("United States" in one for one in app.multiselect(key="locations").options)


def test_filters_that_leadiq_ignored_are_reported(
    account: Sandbox, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("advanced_search")
    app.multiselect(key="changes").set_value(["JobChange"])
    app = button(app, "Search").click().run()
    assert "LeadIQ ignored" not in text_of(app)
    with Sandbox(people=300, credits=100, rpm=0, job_changes=False) as other:
        use(other, monkeypatch)
        app = open_page("advanced_search")
        app.multiselect(key="changes").set_value(["JobChange"])
        app = button(app, "Search").click().run()
        assert "LeadIQ ignored the filters on job changes" in text_of(app)


def save(app: AppTest, name: str) -> AppTest:
    next(box for box in app.text_input if box.label == "Name").input(name)
    return button(app, "Save").click().run()


def test_a_saved_search_shows_what_is_new(
    account: Sandbox,
    advanced: AppTest,
    select: Any,
    downloads: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = save(search(advanced), "Sellers")
    assert "“Sellers” was saved." in text_of(app).replace("\\", "")
    assert "First run. Next time we'll show who's new." in text_of(app)
    seen = people(app)["person_id"].tolist()
    world = account.world
    arrived = next(
        i
        for i in range(world.people)
        if world.person_ids[i] not in seen
        and world.title[i] != world.title[world.person_index[seen[0]]]
    )
    # Another person with the same role takes the place of the first result.
    first = world.person_index[seen[0]]
    ids = [*world.person_ids]
    ids[first], ids[arrived] = ids[arrived], ids[first]
    monkeypatch.setattr(world, "person_ids", ids)
    fresh = new_session("advanced_search").run()
    fresh.session_state["narrow"] = ["Seniority: Nobody"]
    fresh = fresh.button(key="open_Sellers").click().run()
    assert fresh.multiselect(key="roles").value == ["Sales"]
    used = account.store.used
    assert people(fresh)["person_id"].tolist() == seen  # what is loaded; opening sends nothing
    fresh = button(fresh, "Search").click().run()
    assert "1 new person in “Sellers”" in text_of(fresh).replace("\\", "")
    assert account.store.used - used <= Decimal("0.1")  # the others are unlocked
    shown = people(fresh)
    assert shown[shown["new"]]["person_id"].tolist() == [world.person_ids[first]]
    select["found_people"] = seen[1:3]
    fresh = fresh.run()
    assert [row["New"] for row in rows(downloads["selected_csv"]())] == ["False", "False"]
    select["found_people"] = []
    # People on a page that was not loaded last time may have been there already.
    fresh = button(fresh, "Load 25 more").click().run()
    assert "1 new person in “Sellers”" in text_of(fresh).replace("\\", "")
    assert "compared: first 25" in text_of(fresh)
    fresh = fresh.toggle(key="only_new").set_value(True).run()
    assert people(fresh)["person_id"].tolist() == [world.person_ids[first]]
    again = new_session("advanced_search")
    again.session_state["roles"] = ["Sales"]  # as the address gives them back after a reload
    again.session_state["limit"] = 25
    assert "1 new person in “Sellers”" in text_of(again.run()).replace("\\", "")
    fresh = fresh.button(key="delete_Sellers").click().run()
    fresh = fresh.button(key="cancel_delete").click().run()
    assert fresh.button(key="open_Sellers")
    fresh = fresh.button(key="delete_Sellers").click().run()
    fresh = fresh.button(key="confirm_delete").click().run()
    assert "Sellers" not in "".join(found.label for found in fresh.button)


def test_results_without_company_data_are_no_run_of_a_search_with_it(
    account: Sandbox, advanced: AppTest
) -> None:
    app = search(advanced)
    app = app.toggle(key="company_information").set_value(True).run()
    app = save(app, "Sellers")
    assert "“Sellers” was saved." in text_of(app).replace("\\", "")
    assert "First run." not in text_of(app)
    app = button(app, "Update results").click().run()
    go_on = [one for one in app.button if one.key == "go_on"]
    app = go_on[0].click().run() if go_on else app
    assert "First run." in text_of(app)


def test_a_search_is_saved_under_one_name_once(account: Sandbox, advanced: AppTest) -> None:
    app = save(advanced, "")
    assert "Give the search a name" in app.error[0].value
    app = save(search(app), "Sellers")
    app = save(app, "Sellers")
    assert "is saved already" in app.error[0].value


def test_the_link_has_filters_and_no_key(account: Sandbox, advanced: AppTest) -> None:
    advanced.session_state["company_information"] = True
    app = advanced.run()
    app.multiselect(key="roles").set_value(["Sales"])
    app.button_group(key="seniorities").set_value(["VP"])
    app.text_area(key="company_domains").input("a.example\nb.example")
    app = button(app, "Search").click().run()
    (link,) = [block.value for block in app.code]
    assert parse_qs(urlsplit(link).query) == {
        "roles": ["Sales"],
        "seniorities": ["VP"],
        "company_domains": ["a.example\nb.example"],
        "company_information": ["true"],
    }
    assert account.api_key not in link
    (link,) = [block.value for block in narrow(app, "Seniority: VP", "Country: A & B").code]
    assert parse_qs(urlsplit(link).query)["narrow"] == ["Seniority: VP", "Country: A & B"]


def test_selected_people_are_enriched_for_the_price_shown(
    account: Sandbox, advanced: AppTest, select: Any
) -> None:
    app = search(advanced)
    ids = people(app)["person_id"].tolist()[:3]
    select["found_people"] = ids
    app = app.run()
    used = account.store.used
    assert "3 selected" in text_of(app)
    app = button(app, "Get emails · up to 3 UC").click().run()
    assert not app.exception
    client = client_of(account)
    answers = [client.search_people({"id": one}, data_points={"email"}) for one in ids]
    told = people(app).set_index("person_id")["work_email"]
    for one, answer in zip(ids, answers, strict=True):
        positions = answer["results"][0]["currentPositions"]
        usable = {
            row["value"]
            for position in positions
            for row in position["emails"]
            if row["status"] not in ("Invalid", "Suppressed")
        }
        usable |= {
            row["value"]
            for row in answer["results"][0]["personalEmails"]
            if row["status"] not in ("Invalid", "Suppressed")
        }
        assert (told[one] in usable) if usable else told[one] == "none found"
    assert account.store.used - used <= 3
    assert "for 3 people · Charged" in text_of(app)
    assert button(app, "Get emails · done").disabled
    sent = len(account.requests)
    app = app.run()
    assert people(app).set_index("person_id")["work_email"].equals(told)
    assert len(account.requests) == sent


def test_a_selection_is_of_people_not_of_rows(
    account: Sandbox, advanced: AppTest, select: Any
) -> None:
    app = search(advanced)
    shown = people(app)
    kept = shown[shown["seniority"] != shown["seniority"].iloc[0]]["person_id"].iloc[0]
    select["found_people"] = [kept]
    app = app.run()
    app = narrow(app, f"Seniority: {shown['seniority'].iloc[0]}")
    assert kept not in people(app)["person_id"].tolist()
    assert "**1 selected** (1 hidden)" in text_of(app)
    app = narrow(app)
    assert "**1 selected**" in text_of(app)


def test_a_selection_outlives_a_table_that_does_not_reach_it(
    account: Sandbox, advanced: AppTest, select: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = search(advanced)
    last = people(app).iloc[20]
    monkeypatch.setattr(search_results, "MAX_TABLE_ROWS", 10)
    app = app.text_input(key="find").input(last["name"]).run()
    select["found_people"] = [last["person_id"]]
    assert "**1 selected**" in text_of(app.run())
    app = app.text_input(key="find").input("").run()
    assert last["person_id"] not in people(app)["person_id"].tolist()
    assert "**1 selected** (1 hidden)" in text_of(app)


def test_people_of_another_company_are_another_table(
    account: Sandbox, advanced: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: dict[float, list[str]] = {}  # by version: rows selected stay as long as it does
    chosen: list[str] = []

    def selectable(frame: Any, column: str, key: str, version: float, *_: Any) -> list[str]:
        if key == "found_people":
            drawn[version] = frame[column].tolist()
        return [one for one in chosen if one in {*frame[column]}]

    monkeypatch.setattr(search_results, "selectable_table", selectable)
    app = search(advanced, results="By company")
    found = account_state(app).advanced.results.people
    sizes = found.groupby("company_id", sort=False).size()
    pair = sizes[sizes == sizes.mode().iloc[0]].index[:2].tolist()
    for company in pair:
        chosen[:] = [company]
        app = app.run()
        assert found[found["company_id"] == company]["person_id"].tolist() in drawn.values()
    assert len(pair) == 2
    assert len(drawn) == 3


def test_the_second_click_of_a_double_click_loads_no_further_page(
    account: Sandbox, advanced: AppTest
) -> None:
    app = search(advanced)
    first = button(app, "Load 25 more").key
    app = button(app, "Load 25 more").click().run()
    assert button(app, "Load 25 more").key != first
    assert account.store.used == 5


def set_total(account: Sandbox, total: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes a flat search report this number of people."""
    answer = account.graphql.answer

    def with_total(body: Any) -> Any:
        answered = answer(body)
        if "totalPeople" in str(answered):
            answered["data"]["flatAdvancedSearch"]["totalPeople"] = total
        return answered

    monkeypatch.setattr(account.graphql, "answer", with_total)


def test_a_missing_total_is_not_made_up(
    account: Sandbox, advanced: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_total(account, None, monkeypatch)
    app = search(advanced)
    assert "25 people loaded. LeadIQ didn't say how many there are" in text_of(app)
    assert "All 25 people loaded" not in text_of(app)


def test_filters_too_long_for_an_address_stay_out_of_it(
    account: Sandbox, advanced: AppTest
) -> None:
    domains = "\n".join(f"company{number}.example" for number in range(600))
    app = advanced
    for entered, bound in (("a.example", True), (domains, False)):
        app.text_area(key="company_domains").input(entered)
        app = button(app, "Search").click().run()
        box = app.text_area(key="company_domains")
        assert bool(box.proto.query_param_key) is bound
        assert box.value == entered
        assert ("too long for a link" in text_of(app)) is not bound


def rows(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_downloads_have_the_visible_columns_or_all(
    account: Sandbox, advanced: AppTest, downloads: dict[str, Any]
) -> None:
    app = search(advanced)
    visible = rows(downloads["advanced_csv"]())
    assert len(visible) == 25
    # Empty columns are not shown, and contact data was not requested.
    assert [*visible[0]] == [
        "Name",
        "First name",
        "Last name",
        "Title",
        "Company",
        "Seniority",
        "Role",
        "City",
        "Country",
        "LinkedIn",
        "Job change",
        "Previous company",
    ]
    app.session_state["columns"] = ["name", "company"]
    app = app.run()
    assert [*rows(downloads["advanced_csv"]())[0]] == [
        "Name",
        "First name",
        "Last name",
        "Company",
    ]
    app.toggle(key="advanced_whole").set_value(True).run()
    whole = rows(downloads["advanced_csv"]())
    assert {"LeadIQ id", "First name", "Updated", "Technologies"} <= {*whole[0]}
    assert [row["Name"] for row in whole] == [row["Name"] for row in visible]


def test_the_file_of_those_selected_has_their_names_in_parts(
    account: Sandbox, advanced: AppTest, select: Any, downloads: dict[str, Any]
) -> None:
    app = search(advanced)
    select["found_people"] = people(app)["person_id"].tolist()[1:3]
    app.session_state["columns"] = ["name", "company"]
    app.run()
    chosen, whole = (rows(downloads[key]()) for key in ("selected_csv", "advanced_csv"))
    assert [*chosen[0]] == ["Name", "First name", "Last name", "Company"]
    assert chosen == whole[1:3]


def test_a_selected_company_selects_all_its_people(
    account: Sandbox, advanced: AppTest, select: Any
) -> None:
    app = search(advanced, results="By company")
    assert not app.exception
    companies, everybody = app.dataframe[0].value, people(app)
    assert len(companies) == 25
    assert companies["contacts"].notna().all()
    select["found_companies"] = companies["company_id"].tolist()[:2]
    app = app.run()
    expected = everybody[everybody["company_id"].isin(companies["company_id"][:2])]
    assert people(app)["person_id"].tolist() == expected["person_id"].tolist()
    app.session_state["companies_as"] = "Cards"
    app = app.run()
    assert not app.exception
    cards = [block for block in app.expander if "contact" in block.label]
    assert len(cards) == 20
    seniority = everybody["seniority"].iloc[0]
    app = narrow(app, f"Seniority: {seniority}")
    left = everybody[everybody["seniority"] == seniority]
    cards = [block for block in app.expander if "contact" in block.label]
    told = [person.value for card in cards for person in card.markdown]
    assert len(told) == len(left[left["company_id"].isin(left["company_id"].unique()[:20])])


def test_beyond_the_ceiling_the_page_says_how_to_continue(
    advanced: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sandbox(people=300, credits=1000, rpm=0, cursor=False) as sandbox:
        use(sandbox, monkeypatch)
        set_total(sandbox, 23_456, monkeypatch)
        app = search(advanced)
        assert "23,456 people match" in text_of(app)
        assert "first 10,000 of a search" in text_of(app)
        assert "Split it into smaller ones" in text_of(app)
        app.number_input(key="load_up_to").set_value(10_000)
        assert button(app.run(), "Load first 10,000 · up to 997.5 UC")


def test_with_a_cursor_the_page_loads_each_row_once_beyond_the_ceiling(
    account: Sandbox, advanced: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leadiq_sandbox.search.CEILING", 40)
    monkeypatch.setattr("dashboard.panels.search_run.SEARCH_CEILING", 40)
    app = search(advanced)
    total = int(re.search(r"(\d+) people match", text_of(app)).group(1))
    assert total > 50
    assert "Split it" not in text_of(app)
    app = button(app, "Load 25 more").click().run()
    app = button(app, f"Load first {total}").click().run()
    assert not app.exception
    assert f"All {total} people loaded." in text_of(app)
    loaded = account_state(app).advanced.results.people["person_id"]
    assert len({*loaded}) == len(loaded) == total
    assert account.store.used == Decimal("0.1") * total


def test_a_server_without_a_cursor_is_paged_as_before(
    advanced: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sandbox(people=300, credits=1000, rpm=0, cursor=False) as sandbox:
        use(sandbox, monkeypatch)
        app = search(advanced)
        app = button(app, "Load 25 more").click().run()
        assert "first 50 of" in text_of(app)
        assert sandbox.store.used == 5


def test_the_last_page_has_no_more_rows_than_its_button_priced(
    advanced: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sandbox(people=300, credits=1000, rpm=0, cursor=False) as sandbox:
        use(sandbox, monkeypatch)
        set_total(sandbox, 26, monkeypatch)  # it is approximate: there are more
        app = search(advanced)
        app = button(app, "Load 1 more · up to 0.1 UC").click().run()
        assert sandbox.store.used == Decimal("2.6")


def test_what_was_not_good_enough_can_be_accepted_later(
    account: Sandbox, advanced: AppTest, select: Any
) -> None:
    app = search(advanced)
    world = account.world
    one = next(
        id
        for id, i in ((id, world.person_ids.index(id)) for id in people(app)["person_id"])
        if world.work_email[i] == 3 and not world.personal_email[i]
    )
    select["found_people"] = [one]
    app = app.run()
    app = app.checkbox(key="enrich_verified_emails").check().run()
    used = account.store.used
    app = button(app, "Get emails").click().run()
    assert account.store.used == used
    app = app.checkbox(key="enrich_verified_emails").uncheck().run()
    app = button(app, "Get emails").click().run()
    assert account.store.used == used + 1
    assert button(app, "Get emails · done").disabled


def labels(app: AppTest) -> list[str]:
    return [one.label for one in app.button]


def test_nothing_ticked_means_nobody(account: Sandbox, advanced: AppTest, select: Any) -> None:
    app = search(advanced)
    assert not [label for label in labels(app) if label.startswith("Get ")]
    everyone = next(box for box in app.checkbox if box.label == "All 25")
    assert not everyone.value
    app = everyone.check().run()
    assert "**25 selected**" in text_of(app)
    assert button(app, "Get emails · up to 25 UC")
    assert button(app, "Get phones · up to 250 UC")


def test_a_pill_empties_its_box_and_the_update_shows_its_price(
    account: Sandbox, advanced: AppTest
) -> None:
    advanced.session_state["limit"] = 25
    app = advanced.run()
    app.multiselect(key="roles").set_value(["Sales"])
    app.multiselect(key="not_titles").set_value(["Nobody"])
    app = button(app, "Search").click().run()
    used = account.store.used
    pills = next(group for group in app.button_group if "active_filters" in str(group.key))
    assert [pill.replace("\\", "") for pill in pills.options] == [
        "Role: Sales ✕",
        "Exclude · Titles: Nobody ✕",
    ]
    app = pills.set_value(["roles"]).run()
    assert app.multiselect(key="not_titles").value == []
    assert app.multiselect(key="roles").value == ["Sales"]
    assert "Filters changed." in text_of(app)
    assert account.store.used == used  # removing a filter sends nothing
    app = button(app, "Update results · up to 2.5 UC").click().run()
    assert "Filters changed." not in text_of(app)
    app = button(app, "Clear all").click().run()
    assert app.multiselect(key="roles").value == []
    assert app.title[0].value == "Advanced search"


def test_an_example_fills_the_boxes_and_sends_nothing(account: Sandbox, advanced: AppTest) -> None:
    sent = len(account.requests)
    app = button(advanced, "VPs of Sales in the United States").click().run()
    assert app.multiselect(key="roles").value == ["Sales"]
    assert app.button_group(key="seniorities").value == ["VP"]
    assert app.multiselect(key="locations").value == ["United States"]
    assert len(account.requests) == sent


def test_a_saved_search_run_again_keeps_the_rows_loaded(
    account: Sandbox, advanced: AppTest
) -> None:
    app = save(search(advanced), "Sellers")
    app = button(app, "Load 25 more").click().run()
    loaded = people(app)["person_id"].tolist()
    assert len(loaded) == 50
    app = button(app, "Search").click().run()
    assert people(app)["person_id"].tolist() == loaded
    assert "No new people in “Sellers”" in text_of(app).replace("\\", "")


def test_a_size_typed_in_an_older_link_is_a_pill(account: Sandbox) -> None:
    app = new_session("advanced_search")
    app.query_params["sizes"] = "120 – 450"
    app = app.run()
    assert app.button_group(key="sizes").value == ["120 – 450"]
    assert app.button_group[-1].options == ["Company size\\: 120 – 450 ✕"]
