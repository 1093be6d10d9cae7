"""Who may do what with posts, households and accounts: one `permit` per act."""

from folkmoot.base.permissions import anybody, is_operator, is_signed_in, permit

permit("people.find_chief", who=anybody)
permit("people.view_post", who=anybody)
permit("people.sign_in", who=anybody)
permit("people.sign_out", who=anybody)
permit("people.choose_post", who=is_signed_in)
permit("people.list_accounts", who=is_operator)
