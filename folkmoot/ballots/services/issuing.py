"""Issuing ends: what was given out is counted once and published, and the keys that sign tokens are erased."""

from collections import Counter, defaultdict

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from folkmoot_kernel.encoding import b64u, unb64u
from folkmoot_kernel.leaves import Issued, IssuedBy, IssuedPart, issued_hash, list_root
from folkmoot_kernel.papers import Paper as PaperLeaf

from folkmoot.ballots import boxes, queries
from folkmoot.ballots.handover import encode_numbers
from folkmoot.ballots.models import (
    Agreement,
    Channel,
    Claim,
    Issue,
    Paper,
    Poll,
    Proposal,
    RollEntry,
    Stratum,
    Taken,
    TokenKey,
    Waiting,
)
from folkmoot.ballots.services.giving import lock_giving
from folkmoot.ballots.services.step import require_state, take_step
from folkmoot.ballots.storage import rewrite_in_key_order
from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.permissions import require


def close_issuing(*, actor: Actor, poll: Poll, seen: int | None = None) -> Poll:
    """Ends the giving out of papers: counts it, erases the private keys and claims, publishes the numbers.

    May be repeated: what is done already stays as it is. In two-phase polls it comes before casting opens.
    Raises: BoxAway when the numbers could not be published yet; they are with the next act or round of the clock.
    Effects: journal `poll.issuing_closed` with the number issued, once; one leaf for each paper.
    """
    require(actor, "ballots.close_issuing", poll)
    require_state(poll, "close_issuing")
    if poll.issue_closed_at is None:
        with transaction.atomic():
            lock_giving(poll, is_alone=True)
            issues = count_issued(poll)
            given = {kind: sum(getattr(issue, name) for issue in issues) for kind, name in COLUMNS.items()}
            take_step(
                poll, act="close_issuing", actor=actor, seen=seen, issue_closed_at=clock.now(),
                params={str(kind): number for kind, number in given.items()} | _passed(poll),
            )  # fmt: skip
            Issue.objects.bulk_create(issues)
            TokenKey.objects.filter(paper__poll=poll).update(private="")
        queries.forget_issuers()
        rewrite_in_key_order()
    publish_issued(poll)
    return poll


def _passed(poll: Poll) -> dict[str, int]:
    """What the gate of an open poll has counted; nothing for others."""
    gate = queries.gate_of(poll)
    names = ("at_once", "waiting", "let_in", "refused") if gate else ()
    return {name: getattr(gate, name) for name in names}


COLUMNS = {Channel.TOKEN: "tokens", Channel.SLIP: "slips", Channel.HAND: "hand"}


def publish_issued(poll: Poll) -> None:
    """Puts the numbers into the log; again it changes nothing. Part of every act that follows issuing.

    The second registrar has no log: it signs them once, for the organiser.
    """
    if poll.is_elsewhere:
        _sign_numbers(poll)
    else:
        boxes.append(poll.code, [_leaf(paper).encode() for paper in poll.papers.all()])


def _leaf(paper: Paper) -> Issued:
    issues = queries.issues_of(paper)
    parts = [
        IssuedPart(part.code, issues[part.pk].roll, issues[part.pk].tokens, unb64u(issues[part.pk].root))
        for part in parts_in_order(paper.poll)
    ]
    return Issued(paper.id_bytes, tuple(parts))


def _sign_numbers(poll: Poll) -> None:
    """Effects: the file of numbers; the key that has signed it is erased."""
    agreement = Agreement.objects.get(poll=poll)
    if agreement.numbers:
        return
    key = Ed25519PrivateKey.from_private_bytes(unb64u(agreement.private))
    leaves = (_issued_by(paper).signed(key) for paper in poll.papers.all())
    Agreement.objects.filter(pk=agreement.pk).update(numbers=encode_numbers(leaves), private="")


def _issued_by(paper: Paper) -> IssuedBy:
    """The numbers of this place for all parts of a paper; of those that do not vote online it has none."""
    leaf, issues = PaperLeaf.decode(bytes(paper.leaf)), queries.issues_of(paper)
    by_code = {part.code: issues[part.pk] for part in paper.poll.strata.all()}
    nobody = Issue(roll=0, tokens=0, root=b64u(list_root([])))
    found = ((part.id, by_code.get(part.id, nobody)) for part in leaf.parts)
    parts = tuple(IssuedPart(name, issue.roll, issue.tokens, unb64u(issue.root)) for name, issue in found)
    return IssuedBy(leaf.id, boxes.registrar_host(), parts)


def parts_in_order(poll: Poll) -> list[Stratum]:
    """The parts of the roll as the leaves list them: group by group, each in the order of the strata."""
    strata = list(poll.strata.all())
    place = {stratum.pk: number for number, stratum in enumerate(strata)}
    return sorted(strata, key=lambda part: (place[part.votes_in_id or part.pk], place[part.pk]))


def count_issued(poll: Poll) -> list[Issue]:
    """Counts each paper by part of the roll. Memory: 32 bytes for each token."""
    sizes = queries.roll_sizes(poll)
    counts: defaultdict[tuple[int, int], Counter[str]] = defaultdict(Counter)
    hashes: defaultdict[tuple[int, int], list[bytes]] = defaultdict(list)
    rows = Taken.objects.filter(entry__poll=poll).order_by().values_list(
        "paper", "entry__stratum", "kind", "entry", "entry__salt"
    )  # fmt: skip
    for paper, stratum, kind, entry, salt in rows.iterator():
        counts[paper, stratum][kind] += 1
        if kind == Channel.TOKEN:
            hashes[paper, stratum].append(issued_hash(salt=bytes(salt), person=str(entry)))
    return [
        Issue(
            paper=paper, stratum=stratum, roll=sizes.get(stratum.pk, 0),
            root=b64u(list_root(hashes[paper.pk, stratum.pk])),
            **{name: counts[paper.pk, stratum.pk][kind] for kind, name in COLUMNS.items()},
        )
        for paper in poll.papers.all() for stratum in poll.strata.all()
    ]  # fmt: skip


def forget_taking(poll: Poll) -> None:
    """Erases claims, who waited and what was signed, once nobody needs the same answer again. Part of closing a poll."""
    Claim.objects.filter(entry__poll=poll).delete()
    Waiting.objects.filter(entry__poll=poll).delete()
    Proposal.objects.filter(poll=poll).delete()
    Taken.objects.filter(entry__in=RollEntry.objects.filter(poll=poll)).update(blinded=b"", signature=b"")
