"""Who may do what with places: one `permit` per act."""

from rules.predicates import predicate

from folkmoot.areas.models import Area, PlannedChange
from folkmoot.base.actors import Actor
from folkmoot.base.permissions import anybody, holds_post, is_clock, is_operator, permit

# The handling roles of the township level and above; people, on a higher floor, gives roles their meaning.
ROLES_OF_THE_MAP = frozenset({"township_officer", "overseer"})


@predicate
def keeps_map(actor: Actor) -> bool:
    return actor.post is not None and actor.post.handles_cases and actor.post.role in ROLES_OF_THE_MAP


@predicate
def covers_area(actor: Actor, area: Area) -> bool:
    return actor.post is not None and actor.post.covers(area.path)


@predicate
def covers_plan(actor: Actor, plan: PlannedChange) -> bool:
    return actor.post is not None and actor.post.covers(plan.area.path)


permit("areas.find_area", who=anybody)
permit("areas.list_gaps", who=holds_post)
permit("areas.import_areas", who=is_operator)
permit("areas.drop_import", who=is_operator | is_clock)
# The clock makes what a keeper of the map has planned for the day.
permit("areas.split_area", who=keeps_map | is_clock, on=covers_area | is_clock)
permit("areas.merge_areas", who=keeps_map | is_clock, on=covers_area | is_clock)
permit("areas.rename_area", who=keeps_map | is_clock, on=covers_area | is_clock)
permit("areas.plan_change", who=keeps_map, on=covers_area)
permit("areas.withdraw_change", who=keeps_map, on=covers_plan)
permit("areas.make_changes", who=is_clock)
