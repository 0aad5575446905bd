"""What of a request fits into an amount."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from dashboard.widgets import affordable
from dashboard.widgets.affordable import Fit
from leadiq_api.credits import estimate

AMOUNTS = st.decimals(0, 100, places=1)


@given(st.lists(AMOUNTS, max_size=30), AMOUNTS)
def test_what_fits_is_covered_and_one_more_is_not(maxima: list[Decimal], left: Decimal) -> None:
    number = affordable.number_within(left, maxima)
    assert sum(maxima[:number]) <= left
    if number < len(maxima):
        assert sum(maxima[: number + 1]) > left


def test_equal_prices_are_counted_and_others_taken_in_order() -> None:
    equal = affordable.items("company", "companies", lambda: [Decimal(3)] * 12)
    assert equal(Decimal(25)) == Fit("8 of these 12 companies", "choose at most 8 companies")
    assert equal(Decimal(3)) == Fit("1 of these 12 companies", "choose at most 1 company")
    assert equal(Decimal(2)) == Fit(None, None)
    mixed = affordable.items("company", "companies", lambda: [Decimal(3), Decimal(30), Decimal(3)])
    assert mixed(Decimal(33)) == Fit(
        "the first 2 of these 3 companies", "choose the first 2 companies"
    )


def test_the_most_expensive_data_points_are_left_out_first() -> None:
    def price(points: tuple[str, ...]):
        return estimate("searchPeople", {"limit": 1}, data_points=points)

    fewer = affordable.fewer_data_points(("email", "phone"), price)
    assert fewer(Decimal(5)) == Fit(None, "without Phone it costs up to 1 UC")
    assert fewer(Decimal("0.5")) == Fit(None, "without Phone and Email it costs up to 0.1 UC")
    assert fewer(Decimal(0)) == Fit(None, None)


def test_a_job_fits_its_budget() -> None:
    assert affordable.job_budget(Decimal("12.34")) == Fit(
        "12.3 UC of it", "set a budget for this job of at most 12.3 UC"
    )
    assert affordable.job_budget(Decimal("0.05")) == Fit(None, None)
