"""What the ballots hold of a person: for her export, and for her erasure. Never how she voted: nobody has that."""

from collections import Counter
from typing import Any

from django.utils.translation import gettext as _

from folkmoot.ballots.models import AuditObserver, Claim, HandSheet, Proposal, RollEntry, Taken, Waiting
from folkmoot.ballots.states import PollState
from folkmoot.base.registries import Fate, PersonalData


def export(person_id: int) -> dict[str, Any]:
    """Her places on rolls, by which channel she took papers, and where she asked as an observer: for herself only."""
    entries = RollEntry.objects.filter(person_id=person_id).exclude(poll__state=PollState.DRAFT)
    taken: dict[Any, Counter[str]] = {}
    for entry, kind in Taken.objects.filter(entry__in=entries).values_list("entry", "kind"):
        taken.setdefault(entry, Counter())[kind] += 1
    observed = AuditObserver.objects.filter(person_id=person_id).order_by("audit")
    waited = dict(Waiting.objects.filter(entry__in=entries).values_list("entry", "admission"))
    return {
        "observed": list(observed.values_list("audit__poll__code", flat=True)),
        "rolls": [
            {
                "vote": entry.poll.code, "group": entry.stratum.code, "papers_taken": dict(taken.get(entry.pk, {})),
                **({"asked_and_waited": waited[entry.pk]} if entry.pk in waited else {}),
            }
            for entry in entries.select_related("poll", "stratum").order_by("poll")
        ]
    }  # fmt: skip


def erase(person_id: int) -> list[tuple[str, str, int]]:
    """Takes her name off all rolls. A place on a frozen roll stays as a number, as the public log has counted it."""
    entries = RollEntry.objects.filter(person_id=person_id)
    drafted = RollEntry.objects.filter(pk__in=entries.values("pk"), poll__state=PollState.DRAFT)
    off = drafted.count()
    drafted.delete()
    Claim.objects.filter(entry__in=entries).delete()
    Waiting.objects.filter(entry__in=entries).delete()
    Proposal.objects.filter(proposed_by=person_id).update(proposed_by=None)
    untied = entries.update(person=None, name="", name_zh="")
    first = HandSheet.objects.filter(first_teller_id=person_id).update(first_teller=None)
    second = HandSheet.objects.filter(second_teller_id=person_id).update(second_teller=None)
    observed = AuditObserver.objects.filter(person_id=person_id).update(person=None)
    return [
        (_("votes: your place on rolls that are still being made"), _("erased"), off),
        (_("votes: your place on rolls in use or used"), _("kept without you, as a number"), untied),
        (_("votes: sheets that you counted, with your name in the public log"), _("kept"), first + second),
        (_("votes: those where you asked as an observer"), _("kept without you, as a number"), observed),
    ]


FATES = (
    Fate("ballots.RollEntry", ("person", "name", "name_zh"), "untied", "a roll in use keeps a number, a draft none"),
    Fate("ballots.Claim", (), "erased", "the codes by which she could take papers"),
    Fate("ballots.Waiting", (), "erased", "that she asked for a paper of an open vote and waited"),
    Fate("ballots.Proposal", ("proposed_by",), "untied", "what to do with those who wait: the post stays"),
    Fate("ballots.Taken", ("kind",), "untied", "that a paper was taken: the number stands in the public log"),
    Fate("ballots.HandSheet", ("first_teller", "second_teller"), "untied", "of sheets that she counted"),
    Fate("ballots.AuditObserver", ("person",), "untied", "of an audit that she signed or was to sign"),
    Fate("ballots.Drawn", ("answer", "tries"), "untied", "what a place said; erased when the audit ends"),
    Fate("ballots.HandSheet", ("first_name", "second_name"), "kept", "a teller's name stands in the public log"),
)  # fmt: skip
BALLOTS = PersonalData(export, erase, FATES)
