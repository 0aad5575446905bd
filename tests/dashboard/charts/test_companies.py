"""Charts of companies, exactly."""

from dashboard.charts import companies as company_charts
from dashboard.charts.base import coverage_label
from dashboard.search import company_facts
from tests.dashboard.sample_companies import ACME, UNKNOWN, month


def test_charts_of_companies_are_exact() -> None:
    assert coverage_label(2, 3) == "2 of 3 companies"

    areas = company_charts.headcount_by_role(
        company_facts.headcount_trends([ACME, UNKNOWN]), "x", shares=False
    )
    assert {area.name: list(area.y) for area in areas.data} == {
        "Sales": [50, 60, 80],
        "Legal": [10, 20, 40],
    }
    roles = {f"Role {n}": 20 - n for n in range(11)}
    many = {"name": "Many", "functionTrends": [month("2026-11-01", **roles)]}
    areas = company_charts.headcount_by_role(
        company_facts.headcount_trends([many]), "x", shares=True
    )
    assert [area.name for area in areas.data] == [*list(roles)[:9], "Other"]
    assert list(areas.data[-1].y) == [11 + 10]
    assert {area.groupnorm for area in areas.data} == {"percent"}
    assert not company_charts.headcount_by_role(
        company_facts.headcount_trends([UNKNOWN]), "x", shares=True
    ).data

    tree = company_charts.family_tree(company_facts.lineage([ACME]), "x").data[0]
    assert list(tree.labels) == ["Umbrella", "Globex", "Acme"]
    assert list(tree.text) == ["not compared", "not compared", ""]
