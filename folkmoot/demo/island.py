"""Draw the invented island: coast, villages, grids and units as one planar partition.

Everything is drawn from the smallest up: cells tile the land, and a grid, a village and the township are
unions of cells. So children tile their parents by construction, and shared vertices are the same numbers.

Units: metres from the island's middle (x east, y north) while the land is drawn; then whole steps of 1e-5
degree ("ticks"), because rounding finished shapes would tear neighbours apart.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPoint, MultiPolygon, Polygon, STRtree
from shapely.geometry.base import BaseGeometry

Spot = tuple[float, float]
Spots = NDArray[np.float64]  # shape (n, 2)
Owners = NDArray[np.int64]  # shape (n,): to which site each spot belongs

# Nobody's water: the open Pacific, more than 600 km from any land.
MIDDLE_LONGITUDE, MIDDLE_LATITUDE = 150.4, 30.2
TICKS_PER_DEGREE = 100_000
METRES_PER_TICK = (1.1132 * math.cos(math.radians(MIDDLE_LATITUDE)), 1.1085)

# The coast as a hand would sketch it, anticlockwise from the west head, in hundreds of metres.
SKETCH: tuple[Spot, ...] = (
    (-51, -1), (-48, -8), (-43, -13), (-38, -10), (-35, -3), (-31, -8), (-27, -17), (-22, -24),
    (-15, -28), (-7, -29), (-6, -25), (-11, -21), (-14, -14), (-10, -7), (-2, -3), (7, -5), (12, -11),
    (13, -18), (10, -24), (11, -29), (19, -30), (27, -25), (29, -18), (33, -9), (37, -7), (39, -11),
    (43, -9), (50, -11), (54, -7), (50, -3), (56, 3), (52, 7), (46, 4), (42, 8), (40, 14), (44, 19),
    (42, 28), (37, 26), (34, 31), (29, 26), (27, 18), (20, 14), (14, 19), (12, 27), (5, 29), (2, 33),
    (-7, 28), (-9, 20), (-16, 18), (-20, 24), (-28, 23), (-31, 27), (-37, 21), (-38, 15), (-32, 10),
    (-37, 6), (-45, 10), (-54, 7),
)  # fmt: skip

# How far a coast strays from the straight line, as a part of the line's length (one standard deviation).
ROUGHNESS = 0.2


@dataclass(frozen=True)
class Islet:
    """A small island beside the big one; its units form one grid of their own."""

    middle: Spot
    radius: float
    units: int


@dataclass(frozen=True)
class Village:
    """What the drawing must keep: how many grids and units, roughly where, and which islets belong to it."""

    code: str
    grids: int
    units: int
    middle: Spot
    islets: tuple[Islet, ...] = ()


def draw_island(villages: Sequence[Village], *, seed: int) -> dict[str, list[list[Polygon]]]:
    """The units' polygons of every grid of every village, in ticks, in the order of their numbers."""
    chance = Random(seed)
    mainland = rough_land([(x * 100, y * 100) for x, y in SKETCH], chance)
    islets = [(village, islet) for village in villages for islet in village.islets]
    lands = [mainland, *(rough_islet(islet, chance) for _, islet in islets)]
    counts = [sum(v.units for v in villages) - sum(i.units for _, i in islets), *(i.units for _, i in islets)]
    towns = np.array([village.middle for village in villages])
    scattered = [scatter(land, count, towns, chance) for land, count in zip(lands, counts, strict=True)]
    cells = bend(tile(np.concatenate(scattered), MultiPolygon(lands)), chance)
    grids = group(villages, scattered[0], chance)
    first = counts[0]
    for (village, _), count in zip(islets, counts[1:], strict=True):
        grids[village.code].append(list(range(first, first + count)))
        first += count
    spots = np.concatenate(scattered)
    return {
        code: [[cells[unit] for unit in walk(units, spots)] for units in walk_grids(village_grids, spots)]
        for code, village_grids in grids.items()
    }


def rough_land(corners: Sequence[Spot], chance: Random, *, finest: float = 70.0) -> Polygon:
    """A coast through the corners: rounded, then broken into bays and rocks by displaced midpoints."""
    ring = [
        (a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part)
        for a, b in around(break_up(corners, chance, finest))
        for part in (0.25, 0.75)
    ]
    while max(math.dist(a, b) for a, b in around(ring)) > finest:
        ring = break_up(ring, chance, finest)
    land = shapely.make_valid(Polygon(ring))
    largest = max(shapely.get_parts(land), key=shapely.area)
    return Polygon(largest.exterior)


def around(ring: Sequence[Spot]) -> Iterable[tuple[Spot, Spot]]:
    """The edges of a ring of corners, the closing one too."""
    return zip(ring, [*ring[1:], ring[0]], strict=True)


def break_up(ring: Sequence[Spot], chance: Random, finest: float) -> list[Spot]:
    """Put a displaced corner into the middle of every edge that is not fine yet."""
    broken: list[Spot] = []
    for a, b in around(ring):
        broken.append(a)
        if math.dist(a, b) > finest / 2:
            broken.append(aside(a, b, max(-ROUGHNESS * 2, min(ROUGHNESS * 2, chance.gauss(0, ROUGHNESS)))))
    return broken


def rough_islet(islet: Islet, chance: Random) -> Polygon:
    """A lump of rock of about the islet's radius."""
    turns = [math.tau * step / 9 for step in range(9)]
    reach = [islet.radius * chance.uniform(0.75, 1.25) for _ in turns]
    ring = [
        (islet.middle[0] + r * math.cos(turn), islet.middle[1] + r * math.sin(turn) * 0.8)
        for turn, r in zip(turns, reach, strict=True)
    ]
    return rough_land(ring, chance)


def aside(a: Spot, b: Spot, part: float) -> Spot:
    """The middle between two spots, moved sideways by a part of their distance."""
    return (a[0] + b[0]) / 2 - (b[1] - a[1]) * part, (a[1] + b[1]) / 2 + (b[0] - a[0]) * part


def scatter(land: Polygon, count: int, towns: Spots, chance: Random) -> Spots:
    """Spread so many spots over the land evenly, but about three times as densely in the towns."""
    west, south, east, north = land.bounds
    tries = np.array([(chance.uniform(west, east), chance.uniform(south, north)) for _ in range(count * 28)])
    tries = tries[shapely.contains_xy(land, tries)]
    to_town = np.sqrt(((tries[:, None] - towns) ** 2).sum(axis=2)).min(axis=1)
    spacing = 0.75 + 0.55 * np.minimum(to_town / 1300, 1)
    chosen, nearest = [0], np.full(len(tries), np.inf)
    while len(chosen) < count:
        nearest = np.minimum(nearest, np.hypot(*(tries - tries[chosen[-1]]).T) / spacing)
        chosen.append(int(nearest.argmax()))
    spots = tries[chosen]
    for _ in range(2):
        spots = relax(spots, land)
    return spots


def relax(spots: Spots, land: Polygon) -> Spots:
    """Move every spot to the middle of its own cell, if that is on land."""
    cells = voronoi(spots, land)
    owned = shapely.intersection(cells, land)
    middles = shapely.get_coordinates(shapely.centroid(owned))
    on_land = shapely.contains_xy(land, middles)
    return np.where(on_land[:, None], middles, spots)


def voronoi(spots: Spots, land: BaseGeometry) -> NDArray[np.object_]:
    """The cell of every spot, in the order of the spots."""
    cells: NDArray[np.object_] = shapely.get_parts(
        shapely.voronoi_polygons(MultiPoint(spots), extend_to=land)
    )
    spot_of, cell_of = STRtree(cells).query(shapely.points(spots), predicate="within")
    in_order: NDArray[np.object_] = cells[cell_of[np.argsort(spot_of)]]
    return in_order


def tile(spots: Spots, lands: MultiPolygon) -> list[Polygon]:
    """Cut the land into one cell per spot, on whole ticks, without gap or overlap."""
    to_ticks = np.array([1 / METRES_PER_TICK[0], 1 / METRES_PER_TICK[1]])
    # Snapping, not plain rounding: a narrow inlet must close or stay open, never cross itself.
    land = shapely.set_precision(shapely.transform(lands, lambda metres: metres * to_ticks), 1)
    fences = shapely.voronoi_polygons(MultiPoint(spots), extend_to=lands, only_edges=True)
    fences = shapely.transform(fences, lambda metres: metres * to_ticks)
    lines = shapely.union_all([shapely.intersection(fences, land), land.boundary], grid_size=1)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    inside = shapely.get_coordinates(shapely.point_on_surface(faces))
    on_land = shapely.contains_xy(land, inside)
    faces, inside = faces[on_land], inside[on_land] / to_ticks
    owner = STRtree(shapely.get_parts(MultiPoint(spots))).nearest(shapely.points(inside))
    return join_strays(faces, [int(spot) for spot in owner], len(spots))


def join_strays(faces: NDArray[np.object_], owner: Sequence[int], count: int) -> list[Polygon]:
    """One polygon per owner; a piece cut off by a bay goes to the neighbour with most common border."""
    parts: dict[int, list[Polygon]] = defaultdict(list)
    for face, spot in zip(faces, owner, strict=True):
        parts[spot].append(face)
    main = {spot: max(pieces, key=shapely.area) for spot, pieces in parts.items()}
    strays = [(spot, piece) for spot, pieces in parts.items() for piece in pieces if piece is not main[spot]]
    for spot, stray in strays:
        touched = {o: stray.intersection(m).length for o, m in main.items() if o != spot and stray.touches(m)}
        neighbour = max(touched, key=touched.__getitem__)
        joined = whole([main[neighbour], stray])
        assert isinstance(joined, Polygon), "parts with a common border are one"
        main[neighbour] = joined
    return [main[spot] for spot in range(count)]


def whole(parts: Iterable[BaseGeometry]) -> BaseGeometry:
    """The union of parts that share their borders exactly; every vertex of the parts stays."""
    return shapely.coverage_union_all(list(parts))


def bend(cells: list[Polygon], chance: Random) -> list[Polygon]:
    """Give every long border between two cells a bend, the same on both sides, so that no box is left."""
    rings = [[(int(x), int(y)) for x, y in cell.exterior.coords] for cell in cells]
    shared = Counter((min(a, b), max(a, b)) for ring in rings for a, b in pairwise(ring))
    bends: dict[tuple[Spot, Spot], Spot] = {}
    for (a, b), sides in sorted(shared.items()):
        if sides == 2 and math.dist(a, b) > 40:
            x, y = aside(a, b, chance.uniform(-0.14, 0.14))
            bends[a, b] = bends[b, a] = (round(x), round(y))
    return [
        Polygon([spot for a, b in pairwise(ring) for spot in ((a, bends[a, b]) if (a, b) in bends else (a,))])
        for ring in rings
    ]


def group(villages: Sequence[Village], spots: Spots, chance: Random) -> dict[str, list[list[int]]]:
    """Which spots form which grid of which village, with the asked numbers of both."""
    quotas = [village.units - sum(islet.units for islet in village.islets) for village in villages]
    village_of = share_out(spots, np.array([v.middle for v in villages]), quotas)
    grids: dict[str, list[list[int]]] = {}
    for index, village in enumerate(villages):
        own = np.flatnonzero(village_of == index)
        sizes = split_sizes(len(own), village.grids - len(village.islets), chance)
        sites = own[: len(sizes)]
        grid_of = cluster(spots[own], spots[sites], sizes)
        grids[village.code] = [own[grid_of == grid].tolist() for grid in range(len(sizes))]
    return grids


def split_sizes(units: int, grids: int, chance: Random) -> list[int]:
    """So many grids of 4 to 8 units each that sum to the units."""
    sizes = [units // grids + (grid < units % grids) for grid in range(grids)]
    for _ in range(grids * 2):
        giver, taker = chance.sample(range(grids), 2)
        if sizes[giver] > 4 and sizes[taker] < 8:
            sizes[giver] -= 1
            sizes[taker] += 1
    return sizes


def cluster(spots: Spots, sites: Spots, sizes: Sequence[int]) -> Owners:
    """Compact groups of given sizes: share out, move each site to the middle of its group, again."""
    for _ in range(8):
        owner = share_out(spots, sites, sizes)
        sites = np.array([spots[owner == site].mean(axis=0) for site in range(len(sizes))])
    return share_out(spots, sites, sizes)


def share_out(spots: Spots, sites: Spots, quotas: Sequence[int]) -> Owners:
    """Give every spot to a near site so that each site gets exactly its quota.

    Sites with too many takers raise their price, those with too few lower it, until the market clears; what
    results is a power diagram, so that groups are convex apart from the coast.
    """
    cost = ((spots[:, None] - sites) ** 2).sum(axis=2)
    wanted = np.array(quotas)
    price = np.zeros(len(sites))
    step = float(np.median(cost.min(axis=1))) / wanted.mean()
    for turn in range(20_000):
        owner: Owners = (cost + price).argmin(axis=1)
        gap = np.bincount(owner, minlength=len(sites)) - wanted
        if not gap.any():
            return owner
        price += step * gap / (1 + turn / 200)
    raise ArithmeticError("no prices found at which every site gets its quota")


def walk_grids(grids: Sequence[list[int]], spots: Spots) -> list[list[int]]:
    """The grids of a village in the order of a walk through it."""
    middles = np.array([spots[units].mean(axis=0) for units in grids])
    return [grids[index] for index in walk(range(len(grids)), middles)]


def walk(stops: Iterable[int], spots: Spots) -> list[int]:
    """Order stops from the north-west one, always on to the nearest not yet seen."""
    left = list(stops)
    order = [min(left, key=lambda stop: (spots[stop][0] - spots[stop][1], stop))]
    left.remove(order[0])
    while left:
        here = spots[order[-1]]
        order.append(min(left, key=lambda stop: (math.dist(here, spots[stop]), stop)))
        left.remove(order[-1])
    return order
