"""Who may look at the journal. The log names nobody, so everybody may read it."""

from folkmoot.base.permissions import anybody, permit

permit("journal.view_log", who=anybody)
