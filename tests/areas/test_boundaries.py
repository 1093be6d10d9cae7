"""Edges of places: what is taken and what is broken."""

import json
from typing import Any

import pytest

from folkmoot.areas.boundaries import BrokenBoundary, as_geojson, box_of, read_boundary
from folkmoot.areas.cells import Box


def polygon(*corners: tuple[Any, float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[list(corner) for corner in (*corners, corners[0])]]}


SQUARE = polygon((150.0, 30.0), (150.01, 30.0), (150.01, 30.01), (150.0, 30.01))


def test_read_boundary_takes_text_and_geometry() -> None:
    edge = read_boundary(SQUARE)
    assert box_of(edge) == Box(150.0, 30.0, 150.01, 30.01)
    several = {"type": "MultiPolygon", "coordinates": [SQUARE["coordinates"]]}
    assert read_boundary(json.dumps(several)).equals(edge)
    assert read_boundary(as_geojson(edge)).equals(edge)


def test_as_geojson_keeps_centimetres() -> None:
    edge = read_boundary(polygon((150.123456789, 30.0), (150.2, 30.0), (150.2, 30.1)))
    assert as_geojson(edge)["coordinates"][0][0] == [150.1234568, 30.0]


@pytest.mark.parametrize(
    ("geometry", "reason"),
    [
        (polygon((0, 0), (1, 1), (1, 0), (0, 1)), "the boundary crosses itself near 0.5 0.5"),
        (polygon((0, 0), (200, 0), (200, 1)), "the boundary leaves the globe"),
        ({"type": "Polygon", "coordinates": []}, "the boundary is empty"),
        ({"type": "Point", "coordinates": [0, 0]}, "a boundary is a Polygon or a MultiPolygon"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}, "this is no GeoJSON geometry"),
        ({"type": "Polygon", "coordinates": "here"}, "this is no GeoJSON geometry"),
        (polygon(("a", 0), (1, 1), (2, 2)), "this is no GeoJSON geometry"),
        ({"type": "Polygon"}, "this is no GeoJSON geometry"),
        ("not json", "this is no GeoJSON geometry"),
        ("[]", "this is no GeoJSON geometry"),
        ("null", "this is no GeoJSON geometry"),
        (polygon((float("nan"), 0), (1, 1), (2, 2)), "this is no GeoJSON geometry"),
    ],
)  # fmt: skip
def test_read_boundary_says_what_is_broken(geometry: Any, reason: str) -> None:
    with pytest.raises(BrokenBoundary) as caught:
        read_boundary(geometry)
    assert str(caught.value.sentence).startswith(reason)


def test_read_boundary_names_a_hole_outside() -> None:
    hole = polygon((5, 5), (6, 5), (6, 6))["coordinates"][0]
    with pytest.raises(BrokenBoundary, match="a hole lies outside the boundary near 5 5"):
        read_boundary({"type": "Polygon", "coordinates": [SQUARE["coordinates"][0], hole]})
