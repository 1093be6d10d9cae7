"""Who may open the pages that gather."""

from folkmoot.base.permissions import anybody, is_signed_in, permit

permit("home.view_place", who=anybody)
permit("home.view_my_work", who=is_signed_in)
permit("home.view_my_folder", who=is_signed_in)
