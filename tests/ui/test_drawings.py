import pytest

from folkmoot.ui.drawings import bar_lengths, draw_map
from folkmoot.ui.numbers import number_text, share_text


def polygon(*corners: tuple[float, float]) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": [[list(corner) for corner in corners]]}


def test_bars_are_in_proportion() -> None:
    assert bar_lengths([200, 100, 50]) == [100, 50, 25]


def test_bars_of_nothing_have_no_length() -> None:
    assert bar_lengths([0, 0]) == [0, 0]
    assert bar_lengths([]) == []


def test_bar_that_is_not_nothing_can_be_seen() -> None:
    assert bar_lengths([100_000, 1, 0]) == [100, 0.5, 0]


def test_map_puts_north_up_and_keeps_the_shape() -> None:
    drawing = draw_map([polygon((0, 59), (2, 59), (2, 60), (0, 60), (0, 59))])
    # At 59.5 degrees two degrees of longitude are about as long as one of latitude.
    assert drawing.outlines[0].path == "M8 583.3L592 583.3L592 8L8 8L8 583.3Z"
    assert (drawing.width, drawing.height) == (600, 591.3)


def test_map_leaves_out_corners_that_cannot_be_seen() -> None:
    corners = [(n / 10_000, 0) for n in range(1000)] + [(1, 1), (0, 0)]
    assert draw_map([polygon(*corners)]).outlines[0].path.count("L") < 120


def test_map_draws_points_holes_and_several_parts() -> None:
    ring = [[0, 0], [4, 0], [4, 4], [0, 0]]
    hole = [[1, 0.5], [2, 0.5], [2, 1], [1, 0.5]]
    many = {"type": "MultiPolygon", "coordinates": [[ring, hole], [ring]]}
    drawing = draw_map([many, {"type": "Point", "coordinates": [4, 4]}])
    assert drawing.outlines[0].path.count("M") == 3
    assert (drawing.outlines[1].x, drawing.outlines[1].y) == (592.0, 8.0)


def test_map_of_one_point_does_not_break() -> None:
    assert draw_map([{"type": "Point", "coordinates": [120, 30]}]).outlines[0].path == ""
    assert draw_map([]).outlines == []


def test_map_refuses_what_it_cannot_draw() -> None:
    with pytest.raises(ValueError, match="a map cannot draw a LineString"):
        draw_map([{"type": "LineString", "coordinates": []}])


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (7, "about 7"),
        (999, "about 999"),
        (1004, "about 1,000"),
        (12437, "about 12,400"),
        (1652437, "about 1,650,000"),
    ],
)
def test_about_keeps_three_figures(number: int, words: str) -> None:
    assert number_text(number, about=True) == words


def test_share_of_nothing_is_a_dash() -> None:
    assert share_text(0, 0) == "–"
    assert share_text(41, 47) == "87 %"
