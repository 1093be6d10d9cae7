"""Who may do what with places: one `permit` per act."""

from folkmoot.base.permissions import anybody, holds_post, is_operator, permit

permit("areas.find_area", who=anybody)
permit("areas.list_gaps", who=holds_post)
permit("areas.import_areas", who=is_operator)
