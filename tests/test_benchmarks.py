"""The tables that ``python -m benchmarks`` writes into the documentation."""

import pytest

from benchmarks.__main__ import DOCUMENT, PARTS, written
from benchmarks.growth import growth
from benchmarks.measure import Cost, Table, medians, ratio


def test_each_part_has_its_place_in_the_documentation() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    for part in PARTS:
        changed = written(document, part, "| new |")
        assert f"<!-- {part} -->\n| new |\n<!-- end of {part} -->" in changed
        others = [other for other in PARTS if other != part]
        assert all(f"<!-- {other} -->" in changed for other in others)


def test_a_part_without_a_place_is_an_error() -> None:
    with pytest.raises(ValueError, match="nowhere"):
        written("# Performance", "nowhere", "| new |")


def test_a_cost_stands_beside_its_ratio_to_the_floor() -> None:
    cost, floor = Cost(50.0, 20.0), Cost(100.0, 0.0)
    row = ("a page", *cost.columns(floor))
    assert row == ("a page", "50", "0.50", "20", "–")
    table = Table(("what", "ms"), [("a page", "50")])
    assert table.markdown() == "| what | ms |\n| --- | ---: |\n| a page | 50 |"


def test_a_ratio_of_nothing_is_a_dash() -> None:
    assert ratio(3, 2) == "1.50"
    assert ratio(3, 0) == "–"


def test_measurements_take_turns_and_the_first_of_each_is_not_counted() -> None:
    turns: list[str] = []
    first, second = iter([90.0, 3.0, 1.0, 2.0]), iter([0.0, 5.0, 6.0, 4.0])

    def measure_first() -> float:
        turns.append("first")
        return next(first)

    def measure_second() -> float:
        turns.append("second")
        return next(second)

    assert medians({"a": measure_first, "b": measure_second}, runs=3) == {"a": 2.0, "b": 5.0}
    assert turns == ["first", "second"] * 4


def test_growth_compares_with_the_first_row_and_each_row_with_its_own_floor() -> None:
    few, many = (Cost(50.0, 20.0), Cost(100.0, 20.0)), (Cost(125.0, 60.0), Cost(50.0, 20.0))
    table = growth("rerun", ["few", "many"], [few, many])
    assert table.rows == [
        ("few", "50", "0.50", "20", "1.00", "1.00"),
        ("many", "125", "2.50", "60", "3.00", "2.50"),
    ]
