"""The tables that ``python -m benchmarks`` writes into the documentation."""

import pytest

from benchmarks.__main__ import DOCUMENT, PARTS, written
from benchmarks.measure import Cost, Table, ratio


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
