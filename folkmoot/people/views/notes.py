"""Sealed notes, for those who write them and for their named readers."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from folkmoot.base.doors import Request, door
from folkmoot.base.permissions import allowed
from folkmoot.people import queries, services
from folkmoot.people.forms.households import WriteNoteForm
from folkmoot.people.models import SealedNote
from folkmoot.people.views.forms import answered, typed
from folkmoot.ui.paging import listing


@door("people.list_notes")
def note_list(request: Request) -> HttpResponse:
    """The notes that my post wrote or may read; to see a text is an act of its own."""
    return render(
        request, "people/note_list.html", {"listing": listing(request, queries.visible_notes(request.actor))}
    )


@door("people.write_note")
def note_write(request: Request) -> HttpResponse:
    form = WriteNoteForm(typed(request), readers=queries.possible_readers(request.actor))
    if form.is_valid():
        note = answered(form, lambda: services.write_note(actor=request.actor, **form.cleaned_data))
        if note is not None:
            return redirect("people:note", pk=note.pk)
    return render(request, "people/note_write.html", {"form": form}, status=422 if form.errors else 200)


@door("people.read_note")
@never_cache
def note(request: Request, pk: int) -> HttpResponse:
    """A note from outside: whom it is about, what for, who may read it, who has."""
    found = queries.get_note(request.actor, pk)
    return render(request, "people/note.html", _context(request, found, text=""))


@door("people.read_note")
@require_POST
@never_cache
def note_read(request: Request, pk: int) -> HttpResponse:
    """The text. The household is told that it was read, by whom and when."""
    found = queries.get_note(request.actor, pk)
    text = services.read_note(actor=request.actor, note=found)
    return render(request, "people/note.html", _context(request, found, text=text))


@door("people.end_note")
@require_POST
def note_end(request: Request, pk: int) -> HttpResponse:
    services.end_note(actor=request.actor, note=queries.get_note(request.actor, pk))
    return redirect("people:note_list")


def _context(request: Request, found: SealedNote, text: str) -> dict[str, object]:
    return {
        "note": found,
        "text": text,
        "readers": list(found.readers.all()),
        "readings": list(queries.readings_of(found)),
        "can_read": allowed(request.actor, "people.read_note", found),
        "can_end": found.ended_at is None and allowed(request.actor, "people.end_note", found),
    }
