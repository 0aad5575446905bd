"""What differs between the two advanced searches, against the documents that ask for it."""

from decimal import Decimal

import pytest

from leadiq_api import DATA_POINTS, SearchKind, queries
from leadiq_api.credits import DEFAULT_PRICES, Line, estimate
from leadiq_api.data_points import COMPANY


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        (SearchKind.FLAT, queries.flat_advanced_search(())),
        (SearchKind.GROUPED, queries.grouped_advanced_search(())),
    ],
)
def test_a_kind_names_the_fields_of_its_document(kind: SearchKind, document: str) -> None:
    words = document.split()
    assert f"{kind}(input:" in words
    assert words.index(kind.total_field) < words.index(kind.rows_field)
    assert SearchKind(str(kind)) is kind


def test_kinds_have_the_words_of_the_screen() -> None:
    assert [kind.label for kind in SearchKind] == ["flat", "grouped"]


@pytest.mark.parametrize("point", DATA_POINTS.values(), ids=str)
def test_a_data_point_has_a_price_under_its_name(point) -> None:
    price = estimate("flatAdvancedSearch", {"limit": 1}, data_points={point.id})
    (line,) = (line for line in price.breakdown if line.what != "profile")
    what, quantity, each = line
    assert (what, quantity, each) == (point.id, 1, DEFAULT_PRICES[point.price_name])
    assert isinstance(line, Line)
    # Company information may come on top of the profile.
    assert price.maximum - line.amount == (Decimal("0.1") if point is COMPANY else 0)
