"""Prices and estimates: exact, bounded, monotone."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadiq_api.credits import (
    DEFAULT_PRICES,
    FREE_OPERATIONS,
    PROFILE,
    Estimate,
    Line,
    Record,
    credit_plan,
    estimate,
    price_list,
    total,
)
from tests.conftest import every_set

SETS = every_set(("email", "phone", "company"))
OPERATIONS = ("searchPeople", "flatAdvancedSearch", "groupedAdvancedSearch", "searchCompany")
EXACT = [
    ("searchPeople", {"limit": 1}, "", "0.1"),
    ("searchPeople", {"limit": 1}, "email", "1"),
    ("searchPeople", {"limit": 1}, "email phone", "11"),
    ("searchPeople", {"limit": 1}, "company", "6.1"),
    ("searchPeople", {"limit": 1}, "email company", "7"),
    ("searchPeople", {"limit": 3}, "email phone company", "51"),
    ("searchPeople", {}, "email", "25"),
    ("flatAdvancedSearch", {"limit": 25}, "", "2.5"),
    ("flatAdvancedSearch", {"limit": 25}, "company", "77.5"),
    ("flatAdvancedSearch", {}, "", "2.5"),
    ("groupedAdvancedSearch", {"limit": 10, "limitPerCompany": 5}, "", "5"),
    ("groupedAdvancedSearch", {"limit": 10, "limitPerCompany": 5}, "company", "35"),
    ("groupedAdvancedSearch", {"limit": 1, "limitPerCompany": 100}, "company", "13"),
    ("searchCompany", {"domain": "x.example"}, "", "3"),
    ("searchCompany", {"name": "X"}, "", "30"),
]


@pytest.mark.parametrize(("operation", "input", "points", "maximum"), EXACT)
def test_exact_prices(operation: str, input: dict, points: str, maximum: str) -> None:
    price = estimate(operation, input, data_points=set(points.split()))
    assert price.maximum == Decimal(maximum)
    assert price.minimum == 0


@given(
    operation=st.sampled_from(OPERATIONS),
    limit=st.integers(0, 100),
    per_company=st.integers(0, 20),
    points=st.sampled_from(SETS),
    more=st.sampled_from(SETS),
)
def test_more_never_costs_less(operation, limit, per_company, points, more) -> None:
    input = {"limit": limit, "limitPerCompany": per_company, "name": "x"}
    price = estimate(operation, input, data_points=points)
    assert 0 <= price.minimum <= price.maximum
    assert sum(quantity * each for _, quantity, each in price.breakdown) == price.maximum
    assert estimate(operation, input, data_points=points | more).maximum >= price.maximum
    assert (
        estimate(operation, {**input, "limit": limit + 1}, data_points=points).maximum
        >= price.maximum
    )


def test_free_is_free() -> None:
    for operation in FREE_OPERATIONS:
        assert estimate(operation, {}).maximum == 0
    with pytest.raises(ValueError, match="no price is known"):
        estimate("regenerate", {})


PERSON = "PersonID-1"


def price_of(record: Record, points: str, *unlocked: str) -> Estimate:
    known = {(name, PERSON) for name in unlocked}
    input = {"id": PERSON, "limit": 1}
    chosen = set(points.split())
    return estimate("searchPeople", input, data_points=chosen, records=[record], unlocked=known)


PREVIEWS = [  # has an email, has a phone, data points, expected, at most
    (False, False, "", "0.1", "0.1"),
    (False, False, "email", "0.1", "1"),
    (True, False, "email", "1", "1"),
    (True, False, "email phone", "1", "11"),
    (True, True, "email phone", "11", "11"),
    (False, True, "email phone company", "13", "17"),
    (False, False, "company", "3.1", "6.1"),
]


@pytest.mark.parametrize(("email", "phone", "points", "expected", "maximum"), PREVIEWS)
def test_a_preview_narrows_what_is_expected_and_nothing_else(
    email: bool, phone: bool, points: str, expected: str, maximum: str
) -> None:
    price = price_of(Record(PERSON, email, phone, previewed=True), points)
    assert (price.minimum, price.expected, price.maximum) == (0, *map(Decimal, (expected, maximum)))
    blind = estimate("searchPeople", {"limit": 1}, data_points=set(points.split()))
    assert price.maximum == blind.maximum
    assert blind.expected is None


@given(
    email=st.booleans(),
    phone=st.booleans(),
    points=st.sampled_from(SETS),
    unlocked=st.sampled_from(every_set((PROFILE, "PersonEmail", "PersonPhone"))),
)
def test_no_preview_changes_the_bounds(email, phone, points, unlocked) -> None:
    price = price_of(Record(PERSON, email, phone, previewed=True), " ".join(points), *unlocked)
    unseen = price_of(Record(PERSON), " ".join(points), *unlocked)
    assert (price.maximum, price.breakdown) == (unseen.maximum, unseen.breakdown)
    assert 0 == price.minimum <= price.expected <= price.maximum


ANSWERS = [  # the record of an answer, data points, unlocked before, charged at least, at most
    (Record(PERSON, True, False, ()), "email phone", (), "1", "1"),
    (Record(PERSON, False, False, ()), "email phone", (), "0.1", "0.1"),
    (Record(PERSON, True, True, ("c",)), "email phone company", (), "14", "14"),
    (Record(PERSON, True, False, ("c", "d")), "email company", (), "7", "7"),
    # Company information without contact data: 3, or 0.1 + 3.
    (Record(PERSON, False, False, ("c",)), "company", (), "3", "3.1"),
    (Record(PERSON, False, False, ("c",)), "email company", (PROFILE,), "3", "3"),
    (Record(PERSON, True, True, ()), "email phone", ("PersonEmail", PROFILE), "10", "10"),
    # The year of the profile is over, that of the email is not.
    (Record(PERSON, True, None, ()), "email", ("PersonEmail",), "0", "0"),
    (Record(PERSON, None, None, ()), "email", ("PersonEmail",), "0", "0.1"),
]


@pytest.mark.parametrize(("record", "points", "unlocked", "minimum", "maximum"), ANSWERS)
def test_the_records_of_an_answer_have_one_price_but_where_the_sources_disagree(
    record: Record, points: str, unlocked: tuple[str, ...], minimum: str, maximum: str
) -> None:
    price = price_of(record, points, *unlocked)
    assert (price.minimum, price.maximum) == (Decimal(minimum), Decimal(maximum))
    assert sum(line.amount for line in price.breakdown) == price.maximum


def test_a_dear_profile_counts_where_contact_data_may_be_missing() -> None:
    prices = {**DEFAULT_PRICES, PROFILE: Decimal(2)}
    price = estimate(
        "searchPeople", {}, data_points={"email"}, prices=prices, records=[Record("p")]
    )
    assert price.maximum == 2


def test_a_total_expects_the_maximum_of_what_was_not_previewed() -> None:
    prices = [
        Estimate(Decimal(0), Decimal(11), expected=Decimal(1)),
        Estimate(Decimal(0), Decimal(5)),
    ]
    assert total(prices).expected == 6
    assert total(prices[1:]).expected is None
    assert total([]).expected is None


def account(*products: tuple[str, dict[str, object]]) -> dict:
    costs = [
        {"sku": sku, "costs": [{"dataPoint": k, "costInDecimals": v} for k, v in prices.items()]}
        for sku, prices in products
    ]
    return {"universalPlan": {"costs": costs}}


NO_CREDITS = {"available": 0, "used": 0}
CREDITS = {"name": "Credits", "available": 7, "used": 3}


@pytest.mark.parametrize(
    ("billing", "plan"),
    [
        ({"universalPlan": CREDITS, "dataHubPlan": {"available": 1, "used": 1}}, CREDITS),
        ({"universalPlan": NO_CREDITS, "dataHubPlan": CREDITS}, NO_CREDITS),
        ({"universalPlan": None, "dataHubPlan": CREDITS, "plans": [{"name": "A"}]}, CREDITS),
        ({"universalPlan": {"name": "Odd"}, "dataHubPlan": CREDITS}, CREDITS),
        ({"universalPlan": None, "dataHubPlan": None, "plans": [{"name": "A"}, CREDITS]}, CREDITS),
        ({"universalPlan": {"costs": []}}, {"costs": []}),
        ({"universalPlan": None, "dataHubPlan": "x", "plans": [{"name": "A"}, 5]}, {}),
        ({"dataHubPlan": {"available": True, "used": "3"}}, {"available": True, "used": "3"}),
        ({"plans": None}, {}),
        ({}, {}),
    ],
)
def test_the_plan_that_holds_the_credits(billing: dict, plan: dict) -> None:
    assert credit_plan(billing) == plan


def test_prices_are_those_of_the_plan_that_holds_the_credits() -> None:
    costs = account(("Api", {"PersonEmail": 0.5}))["universalPlan"]
    billing = {"universalPlan": None, "dataHubPlan": CREDITS | costs}
    assert price_list(billing)["PersonEmail"] == Decimal("0.5")


def test_the_accounts_own_prices_win() -> None:
    listed = account(("Refresh", {"PersonPhone": 2}), ("Api", {"PersonEmail": 0.5, "Profile": 1}))
    prices = price_list(listed)
    assert prices["PersonEmail"] == Decimal("0.5")
    assert prices["Profile"] == Decimal(1)
    assert prices["PersonPhone"] == Decimal(10)
    price = estimate("searchPeople", {"limit": 2}, data_points={"email"}, prices=prices)
    assert price.maximum == 2  # the profile costs more here


def test_one_price_of_a_person_is_that_of_an_email_and_of_a_phone() -> None:
    prices = price_list(account(("Api", {"Person": 12}), ("Refresh", {"PersonEmail": 0.5})))
    assert (prices["PersonEmail"], prices["PersonPhone"]) == (Decimal(12), Decimal(12))
    prices = price_list(account(("Api", {"Person": 12, "PersonEmail": 1})))
    assert (prices["PersonEmail"], prices["PersonPhone"]) == (Decimal(1), Decimal(10))


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"universalPlan": None},
        {"universalPlan": "x"},
        {"universalPlan": {"costs": None}},
        {"universalPlan": {"costs": 5}},
        {"universalPlan": {"costs": [{"costs": 0.5}]}},
        {"universalPlan": {"costs": [1, {"sku": "Api", "costs": None}]}},
        {"universalPlan": {"costs": [{"costs": ["x", {}, {"dataPoint": "Profile"}]}]}},
        account(("Api", {"PersonEmail": "dear"})),
        account(("Api", {"PersonEmail": None})),
        account(("Api", {"PersonEmail": "NaN"})),
        account(("Api", {"PersonEmail": -1})),
    ],
)
def test_odd_price_lists_leave_the_published_prices(odd: dict) -> None:
    assert price_list(odd) == dict(DEFAULT_PRICES)


def test_a_price_times_a_number_is_that_of_so_many_requests() -> None:
    one = Estimate(
        Decimal("0.5"),
        Decimal(2),
        (Line("Email", 1, Decimal("0.5")), Line("Phone", 1, Decimal("1.5"))),
        Decimal(1),
        Decimal("0.25"),
    )
    assert one.times(3) == total([one] * 3)
    assert replace(one, expected=None).times(3) == total([replace(one, expected=None)] * 3)
