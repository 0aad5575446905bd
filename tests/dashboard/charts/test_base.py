"""What every chart shares: labels drawn as text, and figures that Plotly accepts."""

import inspect
from types import ModuleType
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard.charts import base, companies, facets, people, spending
from dashboard.charts.base import as_text, unvalidated_figure
from dashboard.search import company_facts
from dashboard.search.crossfilter import FacetCounts
from tests.dashboard.sample_companies import ACME, month

HOSTILE = "<b>&amp;x"
DAYS = pd.date_range("2026-11-01", periods=2, freq="D", tz="UTC")
MANY = {"name": HOSTILE, "functionTrends": [month("2026-11-01", **{HOSTILE: 2, "Sales": 3})]}
SPENT = pd.DataFrame(
    [(DAYS[0], HOSTILE, 2.0), (DAYS[0], "Email", 5.0), (DAYS[1], "Email", 1.0)],
    columns=["day", "what", "charge"],
)
COUNTED = FacetCounts(pd.Series({HOSTILE: 3, "France": 1}), 4, 5)
TRENDS = company_facts.headcount_trends([ACME, MANY])
LINEAGE = company_facts.lineage([ACME])
BALANCE = pd.DataFrame({"day": DAYS, "expected": [9.0, 8.0], "low": [8, 7], "high": [9, 9]})
WORDS = pd.Series([HOSTILE, HOSTILE, "VP", None])
OUTCOMES = pd.DataFrame({"outcome": [HOSTILE, "Found"], "rows": [3, 4]})
RATES = pd.DataFrame({"named_by": [HOSTILE, "Email"], "rate": [0.25, 1.0]})

# Each chart, with text of a server that Plotly would read as HTML.
CHARTS = {
    "unvalidated_figure": [unvalidated_figure([{"type": "bar"}], {})],
    "titled_figure": [base.titled_figure([{"type": "bar", "x": [HOSTILE]}], HOSTILE)],
    "bars": [base.bars(pd.Series({HOSTILE: 1}), HOSTILE), base.bars(pd.Series(), "x")],
    "headcount_by_role": [
        companies.headcount_by_role(TRENDS, HOSTILE, shares=shares) for shares in (True, False)
    ],
    "family_tree": [
        companies.family_tree(lineage, HOSTILE)
        for lineage in (LINEAGE, LINEAGE.assign(name=HOSTILE, parent=""))
    ],
    "value_bars": [
        facets.value_bars(COUNTED, chosen, "Role", "people") for chosen in ((), {HOSTILE})
    ],
    "world_map": [facets.world_map(COUNTED, {HOSTILE: "ATA"}, (), "Country", "people")],
    "value_count_bars": [people.value_count_bars(WORDS, HOSTILE)],
    "seniority_bars": [people.seniority_bars(WORDS, HOSTILE)],
    "freshness_bars": [people.freshness_bars(pd.Series(DAYS), HOSTILE)],
    "rows_per_day": [people.rows_per_day(pd.Series(DAYS[:days]), HOSTILE) for days in (1, 2)],
    "job_outcome_bars": [people.job_outcome_bars(OUTCOMES, HOSTILE)],
    "match_rate_bars": [people.match_rate_bars(RATES, HOSTILE)],
    "daily_spend": [
        spending.daily_spend(spent, HOSTILE, limit, DAYS[0].date(), DAYS[-1].date())
        for spent in (SPENT, SPENT.iloc[:1])
        for limit in (None, 9.0)
    ],
    "projected_balance": [
        spending.projected_balance(line, HOSTILE)
        for line in (BALANCE, pd.concat([BALANCE] * 5, ignore_index=True))
    ],
}


def functions_of(module: ModuleType) -> list[str]:
    """The public functions of a module that return a figure."""
    return [
        name
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and inspect.signature(function).return_annotation == "go.Figure"
    ]


def texts(value: Any) -> list[str]:
    """All texts in a part of a figure, however deep, without those that only a click reports."""
    if isinstance(value, dict):
        return [text for key, part in value.items() if key != "customdata" for text in texts(part)]
    if isinstance(value, list | tuple):
        return [text for part in value for text in texts(part)]
    return [value] if isinstance(value, str) else []


def test_each_chart_is_listed_here() -> None:
    modules = (base, companies, facets, people, spending)
    assert {name for module in modules for name in functions_of(module)} == {*CHARTS}


@pytest.mark.parametrize("chart", CHARTS)
def test_plotly_accepts_each_chart(chart: str) -> None:
    for figure in CHARTS[chart]:
        go.Figure(figure.to_dict())  # validates


@pytest.mark.parametrize("chart", CHARTS)
def test_no_chart_has_text_that_plotly_reads_as_html(chart: str) -> None:
    for figure in CHARTS[chart]:
        spec = {**figure.to_dict(), "layout": figure.to_dict()["layout"] | {"template": None}}
        assert [text for text in texts(spec) if "<b>" in text or text == "&amp;x"] == []


def test_validation_would_find_a_mistake() -> None:
    with pytest.raises(ValueError, match="sideways"):
        go.Figure(base.titled_figure([{"type": "bar", "orientation": "sideways"}], "x").to_dict())


@pytest.mark.parametrize(
    ("word", "drawn"),
    [
        ("<b>bold</b>", "&lt;b>bold&lt;/b>"),
        ("a<br>b", "a&lt;br>b"),
        ("AT&T", "AT&T"),
        ("R&D; Sales", "R&amp;D; Sales"),
        ("&lt;i&gt; &#60;", "&amp;lt;i&amp;gt; &amp;#60;"),
        ("a\n\u202eb", "a b"),
        ("x" * 10_000, "x" * 79 + "…"),
        (3, 3),
        (None, None),
    ],
)
def test_a_label_is_drawn_as_text(word: Any, drawn: Any) -> None:
    assert as_text(word) == drawn


def test_plotly_still_takes_the_private_keyword_that_skips_validation() -> None:
    wrong = {"type": "bar", "orientation": "sideways"}
    with pytest.raises(ValueError, match="sideways"):
        go.Figure([wrong])
    assert unvalidated_figure([wrong], {}).data[0].orientation == "sideways"
