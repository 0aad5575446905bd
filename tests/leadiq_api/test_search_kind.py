"""What differs between the two advanced searches, against the documents that ask for it."""

import pytest

from leadiq_api import DATA_POINTS, SearchKind, queries
from leadiq_api.credits import DEFAULT_PRICES, Line, estimate


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
    (line,) = price.breakdown
    what, quantity, each = line
    assert (what, quantity, each) == (point.id, 1, DEFAULT_PRICES[point.price_name])
    assert isinstance(line, Line)
    assert line.amount == price.maximum
