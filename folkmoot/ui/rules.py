"""Who may do what with the frame itself: everybody, signed in or not."""

from folkmoot.base.permissions import anybody, permit

permit("ui.view_components", who=anybody)
permit("ui.change_language", who=anybody)
permit("ui.change_text_size", who=anybody)
permit("ui.view_api", who=anybody)
