"""The public log: one page for people, and the files of C2SP tlog-tiles for programs."""

from django.http import HttpResponse
from django.shortcuts import render

from folkmoot.base.doors import Request, door
from folkmoot.base.errors import NotFound
from folkmoot.journal.keys import verifier_keys
from folkmoot.journal.queries import fetch_tile, latest_checkpoint, unsealed_acts

FOR_EVER = "public, max-age=31536000, immutable"


@door("journal.view_log")
def log_view(request: Request) -> HttpResponse:
    """How many acts are sealed, the newest checkpoint, and how to check the log."""
    key = next(iter(verifier_keys()), None)
    context = {
        "checkpoint": latest_checkpoint(),
        "waiting": unsealed_acts().count(),
        "public_key": key.vkey if key else "",
    }
    return render(request, "journal/log.html", context)


@door("journal.view_log")
def checkpoint_view(_request: Request) -> HttpResponse:
    """The newest checkpoint as a signed note. Source: C2SP tlog-tiles, section Checkpoints."""
    checkpoint = latest_checkpoint()
    if checkpoint is None:
        raise NotFound()
    return HttpResponse(
        checkpoint.note, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-cache"}
    )


@door("journal.view_log")
def tile_view(_request: Request, place: str) -> HttpResponse:
    """A tile of hashes or a bundle of entries; what was once served at an address never changes.

    Source: C2SP tlog-tiles, sections Merkle Tree and Log entries.
    """
    return HttpResponse(
        fetch_tile(f"tile/{place}"),
        content_type="application/octet-stream",
        headers={"Cache-Control": FOR_EVER},
    )
