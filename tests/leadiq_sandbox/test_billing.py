"""What is charged: by selection, for what is returned, once a year, and all or nothing."""

import sqlite3
from decimal import Decimal
from pathlib import Path

import pytest
import requests

from leadiq_api import InsufficientCreditsError
from leadiq_api.credits import COMPANIES_OF_A_PERSON
from leadiq_sandbox import Sandbox
from leadiq_sandbox.accounting import Accounting
from leadiq_sandbox.store import YEAR_SECONDS, Store
from tests.conftest import client_of

PEOPLE = 1200


def person_with(sandbox: Sandbox, *, email: bool, phone: bool, oddity: str = "") -> str:
    """The id of a person who has just these contact data and this oddity."""
    world = sandbox.world
    for i in range(PEOPLE):
        has_email = world.work_email[i] in (1, 2, 3)
        has_phone = world.mobile[i] in (1, 2)
        none_else = not world.personal_email[i] and not world.work_phone[i]
        if (has_email, has_phone) == (email, phone) and none_else:
            exact = (email or not world.work_email[i]) and (phone or not world.mobile[i])
            if exact and world.odd(i, oddity):
                return world.person_ids[i]
    raise AssertionError("the world has nobody of this kind")


PRICES = {
    "": "0.1",
    "email": "1",
    "phone": "10",
    "company": "3",
    "email phone": "11",
    "email company": "4",
    "phone company": "13",
    "email phone company": "14",
}


@pytest.mark.parametrize(("chosen", "price"), PRICES.items())
def test_a_person_costs_what_is_chosen(sandbox: Sandbox, chosen: str, price: str) -> None:
    person = person_with(sandbox, email=True, phone=True)
    client_of(sandbox).search_people({"id": person}, data_points=set(chosen.split()))
    assert sandbox.store.used == Decimal(price)


def test_what_is_not_there_is_not_charged(sandbox: Sandbox) -> None:
    client = client_of(sandbox)
    person = person_with(sandbox, email=False, phone=False)
    client.search_people({"id": person}, data_points={"email", "phone"})
    assert sandbox.store.used == Decimal("0.1")
    client.search_people({"id": "PersonID-nobody"}, data_points={"email", "phone", "company"})
    assert sandbox.store.used == Decimal("0.1")


def test_two_employers_are_two_companies(sandbox: Sandbox) -> None:
    world = sandbox.world
    person = next(
        world.person_ids[i]
        for i in range(PEOPLE)
        if world.odd(i, "two_positions") and world.company[i] != world.previous_company[i]
    )
    client_of(sandbox).search_people({"id": person}, data_points={"company"})
    assert sandbox.store.used == Decimal(6)


def test_a_year_for_nothing_then_charged_again(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(sandbox)
    person = person_with(sandbox, email=True, phone=True)
    charges = []
    for points in ({"email"}, {"email"}, set(), {"phone"}, {"email", "phone", "company"}):
        before = sandbox.store.used
        client.search_people({"id": person}, data_points=points)
        charges.append(sandbox.store.used - before)
    assert charges == [1, 0, 0, 10, 3]
    import leadiq_sandbox.store as store

    later = store.time.time() + YEAR_SECONDS + 1
    monkeypatch.setattr(store.time, "time", lambda: later)
    before = sandbox.store.used
    client.search_people({"id": person}, data_points={"email"})
    assert sandbox.store.used - before == 1


def test_advanced_searches(sandbox: Sandbox) -> None:
    client = client_of(sandbox)
    page = client.flat_advanced_search({"limit": 20}, data_points=set())
    assert sandbox.store.used == Decimal("2.0")
    companies = {person["company"]["id"] for person in page["people"]}
    client.flat_advanced_search({"limit": 20}, data_points={"company"})
    assert sandbox.store.used == 2 + 3 * len(companies)
    before = sandbox.store.used
    input = {"limit": 5, "limitPerCompany": 2, "contactFilter": {"roles": ["Legal"]}}
    groups = client.grouped_advanced_search(input, data_points=set())["companies"]
    people = {person["id"] for row in groups for person in row["people"]}
    known = {person["id"] for person in page["people"]}
    assert sandbox.store.used - before == Decimal("0.1") * len(people - known)


def test_free_operations_charge_nothing(sandbox: Sandbox) -> None:
    client = client_of(sandbox)
    client.account()
    client.usage()
    client.whoami()
    preview = client.search_people_preview({"email": sandbox.world.work_address(3)})
    assert set(preview) == {"personId", "hasEmail", "hasPhone"}
    list_id = client.create_list("Free")["id"]
    client.add_prospects(list_id, [{"firstName": "A", "lastName": "B"}])
    client.list_prospects(list_id)
    assert sandbox.store.used == 0


def test_selection_decides_through_fragments_aliases_and_directives(sandbox: Sandbox) -> None:
    first = person_with(sandbox, email=True, phone=True)
    second = person_with(sandbox, email=True, phone=False)

    def send(query: str, **variables: object) -> dict:
        answer = requests.post(
            sandbox.graphql_url,
            json={"query": query, "variables": variables},
            headers={"Authorization": f"Basic {sandbox.api_key}"},
            timeout=60,
        ).json()
        assert "errors" not in answer, answer
        return answer["data"]

    send(f'{{ searchPeople(input: {{id: "{first}"}}) {{ totalResults }} }}')
    assert sandbox.store.used == 0
    send(
        "query($i: SearchPeopleInput!, $no: Boolean!) { searchPeople(input: $i) { results { id "
        "personalPhones @include(if: $no) { value } ... on PersonRecord { id } } } }",
        i={"id": first},
        no=False,
    )
    assert sandbox.store.used == Decimal("0.1")
    data = send(
        "fragment Mail on PersonRecord { currentPositions { emails { value } } } "
        f'{{ a: searchPeople(input: {{id: "{first}"}}) {{ results {{ ...Mail }} }} '
        f'b: searchPeople(input: {{id: "{second}"}}) {{ results {{ ...Mail }} }} }}'
    )
    assert set(data) == {"a", "b"}
    assert sandbox.store.used == Decimal("2.1")


def test_402_is_all_or_nothing() -> None:
    with Sandbox(people=PEOPLE, credits=5, rpm=0) as sandbox:
        client = client_of(sandbox)
        person = person_with(sandbox, email=True, phone=True)
        with pytest.raises(InsufficientCreditsError) as refused:
            client.search_people({"id": person}, data_points={"email", "phone"})
        assert refused.value.data is None
        assert sandbox.store.used == 0
        client.search_people({"id": person}, data_points={"email"})
        assert sandbox.store.used == 1
        assert client.account()["universalPlan"] | {"costs": 0} == {
            "name": "Sandbox universal plan",
            "product": "Universal",
            "status": "Active",
            "nextBillingPeriod": client.account()["universalPlan"]["nextBillingPeriod"],
            "available": 4,
            "used": 1,
            "costs": 0,
        }


@pytest.mark.parametrize(
    ("accounting", "again"),
    [
        (Accounting(), "0"),
        (Accounting(always_deduct=True), "3"),
        (Accounting(charge_repeats=True), "14"),
    ],
)
def test_what_a_second_lookup_is_charged(accounting: Accounting, again: str) -> None:
    with Sandbox(people=PEOPLE, credits=1000, rpm=0, accounting=accounting) as sandbox:
        person = person_with(sandbox, email=True, phone=True)
        charges = []
        for _ in range(2):
            before = sandbox.store.used
            client_of(sandbox).search_people(
                {"id": person}, data_points={"email", "phone", "company"}
            )
            charges.append(sandbox.store.used - before)
        assert charges == [14, Decimal(again)]


BESIDE = {"": "0.1", "email": "1", "company": "3.1", "email company": "4"}


@pytest.mark.parametrize(("chosen", "price"), BESIDE.items())
def test_company_information_on_top_of_the_profile(chosen: str, price: str) -> None:
    accounting = Accounting(profile_beside_company=True)
    with Sandbox(people=PEOPLE, credits=1000, rpm=0, accounting=accounting) as sandbox:
        person = person_with(sandbox, email=True, phone=True)
        client_of(sandbox).search_people({"id": person}, data_points=set(chosen.split()))
        assert sandbox.store.used == Decimal(price)


@pytest.mark.parametrize("operation", ["flat", "grouped"])
def test_pages_with_company_information_on_top_of_each_profile(operation: str) -> None:
    accounting = Accounting(profile_beside_company=True)
    with Sandbox(people=PEOPLE, credits=1000, rpm=0, accounting=accounting) as sandbox:
        client = client_of(sandbox)
        if operation == "flat":
            people = client.flat_advanced_search({"limit": 9}, data_points={"company"})["people"]
            companies = {person["company"]["id"] for person in people}
        else:
            input = {"limit": 4, "limitPerCompany": 3}
            rows = client.grouped_advanced_search(input, data_points={"company"})["companies"]
            people = [person for row in rows for person in row["people"]]
            companies = {row["company"]["id"] for row in rows}
        assert sandbox.store.used == 3 * len(companies) + Decimal("0.1") * len(people)


@pytest.mark.parametrize(
    ("rounding", "used", "available"),
    [("up", 4, 6), ("down", 3, 7), ("nearest", 3, 7), ("truncated", 3, 6)],
)
def test_the_balance_is_whole_and_the_meter_exact(rounding: str, used: int, available: int) -> None:
    accounting = Accounting(rounding=rounding)
    with Sandbox(people=PEOPLE, credits=10, rpm=0, accounting=accounting) as sandbox:
        client = client_of(sandbox)
        client.search_company({"domain": sandbox.world.domains[0]})
        client.search_people({"id": sandbox.world.person_ids[0]}, data_points=())
        assert sandbox.store.used == Decimal("3.1")
        plan = client.account()["universalPlan"]
        assert (plan["used"], plan["available"]) == (used, available)


def test_a_late_balance_is_that_of_so_many_seconds_ago() -> None:
    accounting = Accounting(balance_delay=300)
    with Sandbox(people=PEOPLE, credits=100, rpm=0, accounting=accounting) as sandbox:
        client = client_of(sandbox)

        def search(n: int) -> None:
            client.search_company({"domain": sandbox.world.domains[n]})

        def reported() -> int:
            return client.account()["universalPlan"]["used"]

        search(0)
        assert (reported(), sandbox.store.used) == (0, 3)
        sandbox.store.skip_time(200)
        search(1)
        assert (reported(), sandbox.store.used) == (0, 6)
        sandbox.store.skip_time(200)
        assert reported() == 3
        sandbox.store.skip_time(200)
        assert reported() == 6


def test_a_colleague_spends_from_the_same_balance() -> None:
    accounting = Accounting(colleague=2)
    with Sandbox(people=PEOPLE, credits=10, rpm=0, accounting=accounting) as sandbox:
        client, store = client_of(sandbox), sandbox.store
        store.skip_time(95)
        client.search_company({"domain": sandbox.world.domains[0]})
        assert (store.used, store.used_elsewhere) == (6, 3)
        store.spend_elsewhere(Decimal("1.5"))
        assert client.account()["universalPlan"]["used"] == 8
        assert store.used == Decimal("7.5")
        store.skip_time(3600)
        assert (store.used, store.used_elsewhere) == (10, 7)  # no more than there is


def test_some_people_work_for_more_companies_than_an_estimate_assumes(sandbox: Sandbox) -> None:
    world = sandbox.world
    people = {world.person_ids[i]: {*world.employers(i)} for i in range(PEOPLE)}
    person, companies = max(people.items(), key=lambda item: len(item[1]))
    assert len(companies) > COMPANIES_OF_A_PERSON
    client_of(sandbox).search_people({"id": person}, data_points={"company"})
    assert sandbox.store.used == 3 * len(companies)


def test_an_account_whose_credits_are_in_the_data_hub_plan() -> None:
    with Sandbox(people=60, credits=10, rpm=0, data_hub_plan=True) as sandbox:
        client = client_of(sandbox)
        client.search_company({"domain": sandbox.world.domains[0]})
        account = client.account()
        assert account["universalPlan"] is None
        plan = account["dataHubPlan"]
        assert (plan["product"], plan["available"], plan["used"]) == ("DataHub", 7, 3)
        assert plan["costs"][0]["costs"]


def test_credits_renew_in_a_new_month(tmp_path: Path) -> None:
    file = tmp_path / "sandbox.db"
    store = Store(file, Decimal(10))
    store.spend(Decimal(4))
    store.close()
    assert Store(file, Decimal(10)).used == 4
    with sqlite3.connect(file) as db:
        db.execute("UPDATE period SET month = '2020-01'")
    assert Store(file, Decimal(10)).used == 0
