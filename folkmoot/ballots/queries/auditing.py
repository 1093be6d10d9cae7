"""The audit of who took a paper: the published lists, who stands at which place of them, and who was drawn."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from folkmoot_kernel.audit import (
    SHARE,
    Place,
    TokenList,
    draw_places,
    label_of,
    outcome,
    prove_place,
    seed_of,
)
from folkmoot_kernel.draw import audit_sample_size
from folkmoot_kernel.encoding import b64u, unb64u
from folkmoot_kernel.leaves import issued_hash
from folkmoot_kernel.notes import Checkpoint, parse_note

from folkmoot.ballots.models import Audit, AuditObserver, Channel, Drawn, Issue, Poll, RollEntry, Taken
from folkmoot.ballots.queries.checks import said
from folkmoot.base.errors import NotFound


@dataclass(frozen=True)
class Seed:
    """What the draw came from, for everybody. Shapes: `root` and `number` make `seed`."""

    root: str
    number: str
    seed: str
    label: str


def audit_of(poll: Poll) -> Audit | None:
    """The poll's audit, if there is one. No query for a poll of `get_poll`."""
    audit: Audit | None = getattr(poll, "audit", None)
    return audit


def is_audited_by(person_id: int | None, poll: Poll) -> bool:
    """Whether a person is one of the two observers. One query, none for a visitor or without an audit."""
    if person_id is None or audit_of(poll) is None:
        return False
    return AuditObserver.objects.filter(audit=poll.pk, person=person_id).exists()


def checkpoint_root(audit: Audit) -> bytes:
    return Checkpoint.parse(parse_note(audit.checkpoint.encode()).text).root


def seed_of_audit(audit: Audit) -> Seed:
    seed = seed_of(checkpoint_root(audit), audit.number)
    return Seed(seed.split(" ")[0], audit.number, seed, label_of(audit.poll.code))


def token_lists(poll: Poll) -> tuple[TokenList, ...]:
    """The lists of who took a token, each once, in the order of the log. One query."""
    rows = Issue.objects.filter(paper__poll=poll, tokens__gt=0).order_by(
        "paper__order", "stratum__order", "pk"
    )
    sizes = dict(rows.values_list("root", "tokens"))
    return tuple(TokenList(unb64u(root), size) for root, size in sizes.items())


def names_on(poll: Poll, root: str) -> list[tuple[bytes, RollEntry]]:
    """Who stands on a list, in its order, with the hash that the log has of each. Two queries."""
    issue = Issue.objects.filter(paper__poll=poll, root=root).first()
    if issue is None:
        raise NotFound()
    taken = Taken.objects.filter(paper=issue.paper_id, kind=Channel.TOKEN, entry__stratum=issue.stratum_id)
    entries = [row.entry for row in taken.select_related("entry")]
    named = [(issued_hash(salt=bytes(entry.salt), person=str(entry.pk)), entry) for entry in entries]
    return sorted(named, key=lambda pair: pair[0])


def places_drawn(poll: Poll, number: str) -> tuple[Place, ...]:
    """The places that a number thrown in public draws, in the order of the draw. Raises kernel errors."""
    audit = audit_of(poll)
    assert audit is not None
    return draw_places(poll.code, token_lists(poll), seed_of(checkpoint_root(audit), number))


def sample_size(audit: Audit) -> int:
    return audit_sample_size(audit.population, share=SHARE)


def recipe_of_draw(audit: Audit, places: int) -> str:
    """Commands that draw the places again, one on each line. Source: folkmoot_kernel.draw."""
    seed = seed_of_audit(audit)
    lists = "; ".join(
        f"seq -f '{b64u(each.root)}/%.0f' 0 {each.size - 1}" for each in token_lists(audit.poll)
    )
    return (
        f"( {lists} ) | while read -r item; do "
        f"printf '%s %s\\n' \"$(printf '%s\\n%s\\n%s' '{seed.label}' '{seed.seed}' \"$item\" | sha256sum)\" \"$item\"; "
        f"done | LC_ALL=C sort | head -n {places} | cut -d ' ' -f 4"
    )


def drawn_voters(poll: Poll) -> QuerySet[Drawn]:
    """Those who are to be asked, in the order of the draw: for the observers alone."""
    rows = Drawn.objects.filter(audit=poll.pk).select_related("entry__stratum", "entry__person")
    return rows.defer("entry__person__phone", "entry__person__email")


def sample_with_proofs(audit: Audit) -> dict[str, Any]:
    """What `folkmoot_kernel.audit.check_sample` takes: seed, lists, and each place drawn with its proof, no names.

    Shapes: `order` is that of the person on the observers' page.
    """
    poll, lists = audit.poll, token_lists(audit.poll)
    hashes = {each.root: [digest for digest, _ in names_on(poll, b64u(each.root))] for each in lists}
    by_place = {(root, index): row for row in drawn_voters(poll) for root, index in row.places}
    return {
        "poll": poll.code, "checkpoint": audit.checkpoint, "number": audit.number,
        "lists": {b64u(each.root): each.size for each in lists},
        "drawn": [
            {
                "order": row.order, "root": b64u(place.root), "index": place.index, "person": str(row.entry.pk),
                "salt": b64u(bytes(row.entry.salt)),
                "path": [*map(b64u, prove_place(hashes[place.root], place.index))],
            }
            for place in places_drawn(poll, audit.number)
            for row in [by_place[b64u(place.root), place.index]]
        ],
    }  # fmt: skip


def get_drawn(poll: Poll, entry_id: UUID) -> Drawn:
    """Raises NotFound."""
    row = drawn_voters(poll).filter(pk=entry_id).first()
    if row is None:
        raise NotFound()
    return row


def audit_outcome(audit: Audit) -> str:
    """What the answers prove, in the reader's language. The audit has ended."""
    yes, no, unreached = audit.yes or 0, audit.no or 0, audit.unreached or 0
    return said(outcome(population=audit.population, yes=yes, no=no, unreached=unreached))
