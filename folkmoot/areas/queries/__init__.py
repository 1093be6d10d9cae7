"""What the other apps and the pages ask about places."""

from folkmoot.areas.queries.finding import (
    common_words,
    is_within_place,
    search_areas,
    smallest_area_at,
)
from folkmoot.areas.queries.map import (
    Overlap,
    areas_without_boundary,
    edge_of,
    edges_of,
    map_of,
    outlines_of,
    overlaps,
)
from folkmoot.areas.queries.plans import due_plans, get_plan, plans_of
from folkmoot.areas.queries.runs import get_import_run, import_runs
from folkmoot.areas.queries.tree import (
    ancestors,
    area_by_code,
    changes_of,
    children_of,
    contents_of,
    front_area,
    front_line,
    get_area,
    levels,
    outermost_area,
    sisters_of,
    valid_areas,
    valid_on,
)

__all__ = [
    "Overlap",
    "ancestors",
    "area_by_code",
    "areas_without_boundary",
    "changes_of",
    "children_of",
    "common_words",
    "contents_of",
    "due_plans",
    "edge_of",
    "edges_of",
    "front_area",
    "front_line",
    "get_area",
    "get_import_run",
    "get_plan",
    "import_runs",
    "is_within_place",
    "levels",
    "map_of",
    "outermost_area",
    "outlines_of",
    "overlaps",
    "plans_of",
    "search_areas",
    "sisters_of",
    "smallest_area_at",
    "valid_areas",
    "valid_on",
]
