"""The box for companies: as high as its lines."""

from dashboard.panels.company_lines import box_height


def test_the_box_grows_with_its_lines_up_to_a_limit() -> None:
    heights = [box_height("\n".join(["a.example"] * lines)) for lines in (1, 3, 4, 8, 200)]
    assert heights[0] == heights[1] < heights[2] < heights[3] == heights[4]
    assert box_height("") == heights[0]
