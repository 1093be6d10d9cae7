"""Cells: how a point finds the few boxes around it among millions, with one plain index.

The globe is cut into squares on 21 floors: floor 0 is one square of 360 degrees, each next floor halves the
side (floor 20: 0.00034 degree, about 38 m). A box lives on the lowest floor whose squares are at least as
large as the box, in the square that holds its south-west corner. So it reaches at most into the next square
east and north, and a point asks for four squares on each floor: 84 keys, whatever the number of boxes.
"""

from math import floor
from typing import NamedTuple

FLOORS = 21
# A box that just fits a square could reach two squares on after rounding: it goes one floor up.
MARGIN = 1.001


class Box(NamedTuple):
    """The box around a shape. Units: degrees of WGS84."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, longitude: float, latitude: float) -> bool:
        return self.west <= longitude <= self.east and self.south <= latitude <= self.north


def cell_of(box: Box) -> int:
    """The key of the square in which `box` lives."""
    extent = max(box.east - box.west, box.north - box.south) * MARGIN
    at = 0
    while at < FLOORS - 1 and _side(at + 1) >= extent:
        at += 1
    return _key(at, *_square(at, box.west, box.south))


def cells_at(longitude: float, latitude: float) -> list[int]:
    """The keys of all squares whose boxes may hold the point."""
    keys = []
    for at in range(FLOORS):
        column, row = _square(at, longitude, latitude)
        keys += [_key(at, c, r) for c in (column - 1, column) for r in (row - 1, row) if c >= 0 and r >= 0]
    return keys


def _side(at: int) -> float:
    return 360 / (1 << at)


def _square(at: int, longitude: float, latitude: float) -> tuple[int, int]:
    return floor((longitude + 180) / _side(at)), floor((latitude + 180) / _side(at))


def _key(at: int, column: int, row: int) -> int:
    """Shapes: 5 bits of floor, 29 of column, 29 of row: a positive 64-bit integer."""
    return (at << 58) | (column << 29) | row
