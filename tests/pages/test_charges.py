"""The charge stands where the result appears, as the ledger and the meter have it."""

from decimal import Decimal

from streamlit.testing.v1 import AppTest

from dashboard.formatting import uc
from leadiq_sandbox import Sandbox
from tests.conftest import client_of
from tests.pages.conftest import Open, text_of
from tests.pages.driver import button, somebody


def companies(app: AppTest, lines: list[str]) -> AppTest:
    app.text_area(key="companies").input("\n".join(lines))
    return button(app.run(), "Search · ").click().run()


def person(app: AppTest, account: Sandbox, *points: str) -> AppTest:
    app.session_state["people_points"] = list(points)
    app.run()
    app.text_input(key="people_identifier").input(account.world.work_address(somebody(account)))
    return button(app, "Search · ").click().run()


def charges(app: AppTest) -> list[str]:
    return [
        str(one.value).removeprefix(":material/receipt_long: ")
        for one in app.caption
        if "Charged" in str(one.value)
    ]


def test_companies_and_what_was_unlocked_before(account: Sandbox, open_page: Open) -> None:
    world = account.world
    app = companies(open_page("company_search"), world.domains[:2])
    assert charges(app) == ["Charged 6 UC"]
    again = [f"https://www.linkedin.com/company/{world.company_ids[0]}", world.domains[5]]
    again[0] = world.company_ids[0]  # the same company by its id: another request
    app = companies(app, again)
    assert charges(app) == ["Charged 3 UC, 3 saved: already unlocked"]
    assert account.store.used == 9
    assert charges(app.run()) == ["Charged 3 UC, 3 saved: already unlocked"]


def test_what_is_not_found_is_not_charged(account: Sandbox, open_page: Open) -> None:
    app = companies(open_page("company_search"), ["nowhere.example"])
    assert charges(app) == ["Charged 0 UC"]
    assert "No match (not charged): nowhere" in text_of(app)


def test_a_lost_answer_may_have_been_charged(account: Sandbox, open_page: Open) -> None:
    app = open_page("company_search")
    app.text_area(key="companies").input("\n".join(account.world.domains[:4]))
    app = app.run()
    account.faults.choose(["500:4"])
    app = button(app, "Search · ").click().run()
    account.faults.choose([])
    assert charges(app) == [
        "Charged 9 UC; up to 3 UC more may have been charged for one request that got no answer"
    ]


def test_answers_that_are_lost_and_refused(account: Sandbox, open_page: Open) -> None:
    app = open_page("company_search")
    app.text_area(key="companies").input("\n".join(account.world.domains[:4]))
    app = app.run()
    account.faults.choose(["500:2"])
    app = button(app, "Search · ").click().run()
    assert charges(app) == [
        "Charged 6 UC; up to 6 UC more may have been charged for 2 requests that got no answer"
    ]
    account.faults.choose([])
    app.text_area(key="companies").input(account.world.domains[8])
    app = app.run()
    account.faults.choose(["402:1"])
    app = button(app, "Search · ").click().run()
    assert charges(app) == ["Charged 0 UC"]


def test_a_person_and_partial_data(account: Sandbox, open_page: Open) -> None:
    app = person(open_page("people_search"), account, "email", "phone")
    assert charges(app) == ["Charged 11 UC"]
    app.session_state["people_points"] = ["email"]
    app = app.run()
    account.faults.choose(["partial:1"])
    app = button(app, "Search · ").click().run()
    assert app.error
    assert charges(app) == ["Charged 0 UC, 1 saved: already unlocked"]
    assert account.store.used == 11


def test_each_load_of_an_advanced_search(account: Sandbox, open_page: Open) -> None:
    app = open_page("advanced_search")
    app.number_input(key="limit").set_value(25)
    app.multiselect(key="roles").set_value(["Sales"])
    app = button(app, "Search · ").click().run()
    assert charges(app) == ["Charged 2.5 UC"]
    app.session_state["load_up_to"] = 100
    app = app.run()
    app = button(app, "Load first ").click().run()
    assert charges(app) == [f"Charged {account.store.used - Decimal('2.5')} UC"]


def test_an_enrichment(account: Sandbox, open_page: Open) -> None:
    app = open_page("advanced_search")
    app.number_input(key="limit").set_value(25)
    app.multiselect(key="roles").set_value(["Sales"])
    app = button(app, "Search · ").click().run()
    before = account.store.used
    app = next(box for box in app.checkbox if box.label == "All 25").check().run()
    app = button(app, "Get emails · up to 25 UC").click().run()
    charged = account.store.used - before
    assert charged > 0
    found = f"Found {int(charged)} emails for 25 people · Charged {uc(charged)}, "
    assert app.toast[0].value.startswith(found)
    # The profiles of those without an email had been unlocked by the search.
    without_email = 25 - int(charged)
    saved = Decimal("0.1") * without_email
    assert f"{found}{saved} saved: already unlocked" in charges(app)


def test_a_parent(account: Sandbox, open_page: Open) -> None:
    world = account.world
    child = next(c for c in range(world.companies) if world.parent[c] is not None)
    app = companies(open_page("company_search"), [world.domains[child]])
    app = button(app, "Look up ").click().run()
    assert charges(app) == ["Charged 3 UC"]
    assert account.store.used == 6


def test_verified_emails(account: Sandbox, open_page: Open) -> None:
    client = client_of(account)
    made = client.create_list("Pilots")["id"]
    ada = {"firstName": "Ada", "lastName": "Byron", "workEmail": "ada@engine.example"}
    client.add_prospects(made, [ada])
    app = button(open_page("lists"), "Verify 1 email").click().run()
    assert charges(app) == ["Charged 0.1 UC"]
