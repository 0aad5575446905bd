"""Charts that count people and list rows, exactly."""

import pandas as pd

from dashboard.charts import people as people_charts


def test_charts_count_exactly() -> None:
    ladder = people_charts.seniority_bars(pd.Series(["Other", "VP", "VP", None]), "x").data[0]
    assert (list(ladder.y), list(ladder.x)) == (["VP", "Other"], [2, 1])
    many = people_charts.value_count_bars(pd.Series([f"v{n}" for n in range(20)]), "x").data[0]
    assert (len(many.y), list(many.y)[-1], list(many.x)[-1]) == (12, "v11", 1)
