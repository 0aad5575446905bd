"""Charts of credits, exactly."""

from dashboard.charts import spending as spending_charts


def test_the_gauge_shows_what_is_used() -> None:
    assert spending_charts.period_gauge(30, 100, "x").data[0].value == 30
