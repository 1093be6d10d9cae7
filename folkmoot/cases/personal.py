"""What the cases hold of a person: for her export, and for her erasure."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from folkmoot.base.registries import Fate, PersonalData
from folkmoot.cases.models import Case, CaseFollower, CasePhoto, CaseRung, Publicity
from folkmoot.media.services import erase as erase_files


def export(person_id: int) -> dict[str, Any]:
    """Her own matters in full, with the timeline."""
    cases = (
        Case.objects.filter(reporter_id=person_id)
        .select_related("category", "area")
        .prefetch_related("events")
    )
    return {
        "matters": [
            {
                "number": case.number, "category": case.category.code, "place": case.area.code, "title": case.title,
                "text": case.text, "answers": case.answers, "reported_at": case.reported_at.isoformat(),
                "state": case.state,
                "contact_name": case.contact_name, "contact_phone": case.contact_phone, "rating": case.rating,
                "timeline": [
                    {"at": event.at.isoformat(), "act": event.act, "text": event.text} for event in case.events.all()
                ],
            }
            for case in cases
        ],
        "followed": list(
            CaseFollower.objects.filter(person_id=person_id).values_list("case__number", flat=True)
        ),
    }  # fmt: skip


def erase(person_id: int) -> list[tuple[str, str, int]]:
    """Unties her matters from her; private ones lose their words, public ones stay as everybody knows them."""
    own = Case.objects.filter(reporter_id=person_id)
    private = own.filter(publicity=Publicity.PRIVATE)
    erased = [_erase_words(case) for case in private]
    numbers = own.update(
        contact_name="",
        contact_phone="",
        contact_email="",
        shares_contact=False,
        claim_hash="",
        reporter=None,
    )
    followed, _rows = CaseFollower.objects.filter(person_id=person_id).delete()
    CaseRung.objects.filter(holder_id=person_id).update(holder=None)
    return [
        (_("matters: words of the private ones"), _("erased"), len(erased)),
        (_("matters: name, phone, code"), _("erased"), numbers),
        (_("matters: kind, place, days, terms"), _("kept without you, for the counted figures"), numbers),
        (_("matters that you followed"), _("erased"), followed),
    ]


def _erase_words(case: Case) -> int:
    photos = CasePhoto.objects.filter(case=case).select_related("attachment")
    files = [photo.attachment for photo in photos]
    photos.delete()
    erase_files(files)
    case.events.filter(by="reporter").update(text="")
    return Case.objects.filter(pk=case.pk).update(
        title=_("(erased)"), text="", summary="", place_text="", lon=None, lat=None, answers={}
    )


def origin(reference: str) -> tuple[str, str] | None:
    """Title and address of `case:<pk>` for rows that point upward."""
    case = Case.objects.filter(pk=int(reference)).first() if reference.isdigit() else None
    return (case.number, reverse("cases:case_view", args=[case.number])) if case else None


FATES = (
    Fate(
        "cases.Case", ("reporter", "contact_name", "contact_phone", "contact_email", "claim_hash"), "erased",
        "of every matter that she reported: nobody can follow it with her code any more",
    ),
    Fate(
        "cases.Case", ("title", "text", "summary", "place_text", "lon", "lat", "answers"), "erased",
        "of private matters; a public one stays as everybody knows it",
    ),
    Fate("cases.Case", ("category", "area", "state", "reported_at", "rating"), "untied", "counted figures rest on it"),
    Fate("cases.CaseEvent", ("text",), "erased", "what she wrote herself, on private matters"),
    Fate("cases.CasePhoto", (), "erased", "of private matters"),
    Fate("media.Attachment", (), "erased", "the files of these photos"),
    Fate("cases.CaseFollower", (), "erased"),
    Fate("cases.CaseRung", ("holder",), "untied", "where a matter stood and how long: the ladder's figures rest on it"),
)  # fmt: skip
CASES = PersonalData(export, erase, FATES)
