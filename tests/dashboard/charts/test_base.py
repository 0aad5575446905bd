"""What every chart shares: labels drawn as text."""

from typing import Any

import plotly.graph_objects as go
import pytest

from dashboard.charts.base import as_text, unvalidated_figure


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
    assert unvalidated_figure(wrong, {}).data[0].orientation == "sideways"
