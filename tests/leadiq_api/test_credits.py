"""Prices and estimates: exact, bounded, monotone."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadiq_api.credits import (
    DEFAULT_PRICES,
    FREE_OPERATIONS,
    credit_plan,
    estimate,
    price_list,
)
from tests.conftest import every_set

SETS = every_set(("email", "phone", "company"))
OPERATIONS = ("searchPeople", "flatAdvancedSearch", "groupedAdvancedSearch", "searchCompany")
EXACT = [
    ("searchPeople", {"limit": 1}, "", "0.1"),
    ("searchPeople", {"limit": 1}, "email", "1"),
    ("searchPeople", {"limit": 1}, "email phone", "11"),
    ("searchPeople", {"limit": 1}, "company", "6"),
    ("searchPeople", {"limit": 3}, "email phone company", "51"),
    ("searchPeople", {}, "email", "25"),
    ("flatAdvancedSearch", {"limit": 25}, "", "2.5"),
    ("flatAdvancedSearch", {"limit": 25}, "company", "75"),
    ("flatAdvancedSearch", {}, "", "2.5"),
    ("groupedAdvancedSearch", {"limit": 10, "limitPerCompany": 5}, "", "5"),
    ("groupedAdvancedSearch", {"limit": 10, "limitPerCompany": 5}, "company", "30"),
    ("groupedAdvancedSearch", {"limit": 1, "limitPerCompany": 100}, "company", "10"),
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
    listed = account(
        ("Api", {"PersonEmail": 0.5}), ("Prospector", {"PersonEmail": 2, "Profile": 1})
    )
    prices = price_list(listed)
    assert prices["PersonEmail"] == Decimal("0.5")
    assert prices["Profile"] == Decimal(1)
    assert prices["PersonPhone"] == Decimal(10)
    price = estimate("searchPeople", {"limit": 2}, data_points={"email"}, prices=prices)
    assert price.maximum == 2  # the profile costs more here


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
