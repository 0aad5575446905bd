"""What every chart shares: labels drawn as text."""

from typing import Any

import pytest

from dashboard.charts.base import as_text


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
