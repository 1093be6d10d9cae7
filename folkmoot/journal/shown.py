"""What pages show of the witnesses of a log of ours."""

from django.utils.translation import gettext as _

from folkmoot.journal.models import AskedWitness
from folkmoot.journal.queries import asked_witnesses
from folkmoot.ui.components import Row
from folkmoot.ui.moments import moment_text


def witness_rows(origin: str) -> list[Row]:
    """How much of the log each witness has signed, and when; or why not."""
    return [_row(asked) for asked in asked_witnesses(origin)]


def _row(asked: AskedWitness) -> Row:
    if asked.trouble:
        return Row(asked.name, text=asked.get_trouble_display(), label=_("has not signed"), kind="late")
    if asked.cosigned_at is None:
        return Row(asked.name, label=_("has not signed yet"), kind="wait")
    signed = {"number": asked.size, "when": moment_text(asked.cosigned_at)}
    return Row(asked.name, text=_("Entries signed: %(number)d, last %(when)s") % signed)
