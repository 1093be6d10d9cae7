"""Who may do what with places: one `permit` per act."""

from rules.predicates import predicate

from folkmoot.areas.models import Area
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


permit("areas.find_area", who=anybody)
permit("areas.list_gaps", who=holds_post)
permit("areas.import_areas", who=is_operator)
permit("areas.drop_import", who=is_operator | is_clock)
permit("areas.split_area", who=keeps_map, on=covers_area)
permit("areas.merge_areas", who=keeps_map, on=covers_area)
permit("areas.rename_area", who=keeps_map, on=covers_area)
