"""Slips on paper: strips to be cut and folded, and the sheet that the observers sign."""

from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from folkmoot.ballots.models import Poll, SlipBatch
from folkmoot.ballots.queries import box_origin
from folkmoot.ballots.slips import grouped
from folkmoot.base import clock
from folkmoot.ui.print import qr_svg, render_pdf

SOURCES = Path(__file__).resolve().parent / "print"


def slip_address(poll: Poll, code: str) -> str:
    """What the QR code of a slip holds: the booth, the code in the part of the address that is never sent."""
    return f"{settings.BOX_ORIGIN}/booth/#poll={poll.code}&slip={code}"


def claim_address(poll: Poll, code: str) -> str:
    """Where a voter opens the booth with a claim: `at` names the registrar that gives the papers out."""
    return f"{box_origin(poll)}/booth/#poll={poll.code}&at={settings.ORIGIN}&claim={code}"


def slips_pdf(poll: Poll, codes: dict[str, list[str]]) -> bytes:
    """Strips of A4, folded so that the code is inside. Shapes: `codes` by the name of the group.

    Effects: none; nothing of the codes is written anywhere.
    """
    strips = [
        {
            "group": group, "letters": grouped(code),
            "qr": str(qr_svg(slip_address(poll, code), label=_("Slip"))),
        }
        for group, drawn in codes.items() for code in drawn
    ]  # fmt: skip
    data = {
        "title": str(poll),
        "strips": strips,
        "outside": _("Voting slip. Fold it, draw it yourself, open it alone."),
        "inside": _("Hold your phone's camera over the square, or type the letters at:"),
        "address": f"{settings.BOX_ORIGIN}/booth/#poll={poll.code}",
        "once": _("It is good for one vote, which cannot be changed. Nobody knows who drew it."),
        "fold": _("fold here"),
    }
    return render_pdf((SOURCES / "slips.typ").read_text(encoding="utf-8"), data)


def sheet_pdf(poll: Poll, batches: list[SlipBatch], drawn: dict[int, int]) -> bytes:
    """The sheet on which observers sign for the slips: printed, drawn, handed back unused. It holds no code."""
    rows = [
        {
            "group": str(batch.stratum), "printed": batch.printed,
            "drawn": drawn.get(batch.stratum_id, 0) if poll.issue_closed_at else "",
            "returned": batch.returned if poll.issue_closed_at else "",
        }
        for batch in batches
    ]  # fmt: skip
    data = {
        "title": _("Slips of “%(poll)s”") % {"poll": poll},
        "printed_on": timezone.localtime(clock.now()).strftime("%Y-%m-%d %H:%M"),
        "heads": [_("Group"), _("Printed"), _("Drawn"), _("Handed back unused")],
        "rows": rows,
        "statements": [
            _("I saw that the slips were printed, cut and folded, and that nobody read or copied a code."),
            _("I saw that each voter drew one slip without anybody choosing it."),
            _("I counted the slips that were left, and they were handed back before the vote closed."),
        ],
        "signatures": [_("Name"), _("Signature"), _("Day and time")],
        "note": _("If one of these is not so, do not sign, and write here what you saw."),
    }
    return render_pdf((SOURCES / "sheet.typ").read_text(encoding="utf-8"), data)
