"""The cells answer like a look at every box, and like a tree of boxes."""

import shapely
from hypothesis import given
from hypothesis import strategies as st

from folkmoot.areas.cells import FLOORS, Box, cell_of, cells_at

places = st.tuples(st.floats(-180, 180), st.floats(-90, 90))
extents = st.tuples(
    st.one_of(st.just(0.0), st.floats(0, 0.01), st.floats(0, 360)),
    st.one_of(st.floats(0, 0.01), st.floats(0, 180)),
)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    (west, south), (width, height) = draw(places), draw(extents)
    return Box(west, south, min(180.0, west + width), min(90.0, south + height))


@given(boxes(), st.floats(0, 1), st.floats(0, 1))
def test_cells_at_hold_every_box_around_the_point(box: Box, east: float, north: float) -> None:
    longitude = min(box.east, box.west + (box.east - box.west) * east)
    latitude = min(box.north, box.south + (box.north - box.south) * north)
    assert box.holds(longitude, latitude)
    assert cell_of(box) in cells_at(longitude, latitude)


@given(st.lists(boxes(), max_size=40), places)
def test_cells_answer_like_a_tree_of_boxes(some: list[Box], place: tuple[float, float]) -> None:
    keys = set(cells_at(*place))
    by_cell = [i for i, box in enumerate(some) if cell_of(box) in keys and box.holds(*place)]
    tree = shapely.STRtree([shapely.box(*box) for box in some])
    assert by_cell == sorted(tree.query(shapely.Point(*place)).tolist())


def test_cells_at_asks_for_few_keys() -> None:
    assert len(cells_at(150.4, 30.2)) <= 4 * FLOORS
    assert all(0 <= key < 2**63 for key in cells_at(180, 90))


def test_cell_of_a_box_that_just_fits_is_a_larger_one() -> None:
    side = 360 / (1 << 12)
    exact = Box(-180 + side * 0.999999, 0, -180 + side * 1.999999, 0)
    assert cell_of(exact) in cells_at(exact.east, 0)
