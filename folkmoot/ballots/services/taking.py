"""The registrar: signs a blinded message for whoever brings a claim. It never learns what it signs.

One row for each person and paper: the same message again gets the same answer, another one none. Nothing here
writes to the journal, the outbox, a session or a log, and no row has a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from folkmoot_kernel.tokens import TokenRequest

from folkmoot.ballots import queries
from folkmoot.ballots.models import Channel, RollEntry, Taken
from folkmoot.ballots.services.gate import MustWait, pass_gate, put_in_line, require_let_in
from folkmoot.ballots.services.giving import lock_giving, require_given, require_giving
from folkmoot.base.actors import Actor
from folkmoot.base.errors import FolkmootError
from folkmoot.base.permissions import require


class BadClaim(FolkmootError):
    """The code is not in use, or not for this paper: whoever tries learns no more than that."""

    sentence = _("This code does not open this paper. Ask for a new one.")
    status = 403


class TakenElsewhere(FolkmootError):
    """The person has this paper, by another blinded message or another channel."""

    sentence = _("This paper was taken on another device, or as a slip or on paper.")
    status = 409


@dataclass(frozen=True)
class Asked:
    """One request for a token. Shapes: `paper` the paper's id in base64url, `stratum` its group."""

    paper: str
    stratum: str
    request: TokenRequest


def take_papers(*, actor: Actor, code: str, asked: Sequence[Asked]) -> list[bytes]:
    """Signs the blinded messages of `asked` in their order, all of them or none, for the bearer of a claim.

    Shapes: each answer is the 256 bytes of a TokenResponse.
    Raises: BadClaim, TakenElsewhere, Refused when papers are not given out now, MustWait above the rate of an open
    poll, kernel errors of a request. Effects: one row for each paper, without serial and time.
    """
    require(actor, "ballots.take_paper")
    entry = queries.bearer_of_claim(code)
    if entry is None:
        raise BadClaim()
    keys = _keys_for(entry, asked)
    known = _answered(entry, keys, asked)
    if len(known) < len(asked):
        require_given(entry.poll)
        if entry.poll.is_open:
            require_let_in(entry)  # before anything is signed: whoever waits asks often
    answers = [
        known.get(each.paper) or queries.issuer_of(keys[each.paper]).answer(each.request).blind_signature
        for each in asked
    ]
    rows = [_row(entry, keys[each.paper], each, answer) for each, answer in zip(asked, answers, strict=True)]
    fresh = [row for row, each in zip(rows, asked, strict=True) if each.paper not in known]
    if fresh and not _passed(entry, fresh):
        known = _answered(
            entry, keys, asked
        )  # the same requests came twice at once: one of them kept its rows
        if len(known) != len(asked):
            raise TakenElsewhere()
        return [known[each.paper] for each in asked]
    return answers


def _keys_for(entry: RollEntry, asked: Sequence[Asked]) -> dict[str, queries.PublicKey]:
    """The keys of the papers asked for, by the papers' ids. Raises BadClaim."""
    head = entry.stratum.votes_in
    keys = queries.signing_keys(entry)
    papers = [each.paper for each in asked]
    if head is None or not set(papers) <= set(keys) or any(each.stratum != head.code for each in asked):
        raise BadClaim()
    if len(set(papers)) != len(papers):
        raise TakenElsewhere()
    return keys


def _answered(
    entry: RollEntry, keys: dict[str, queries.PublicKey], asked: Sequence[Asked]
) -> dict[str, bytes]:
    """What was signed before, by the paper's id. Raises TakenElsewhere when it was another message."""
    ids = {keys[each.paper].paper_id: each for each in asked}
    answered = {}
    taken = Taken.objects.filter(entry=entry, paper__in=list(ids))
    for paper, kind, blinded, signature in taken.values_list("paper", "kind", "blinded", "signature"):
        each = ids[paper]
        if kind != Channel.TOKEN or bytes(blinded) != each.request.blinded_message:
            raise TakenElsewhere()
        answered[each.paper] = bytes(signature)
    return answered


def _row(entry: RollEntry, key: queries.PublicKey, asked: Asked, answer: bytes) -> Taken:
    return Taken(
        entry=entry, paper_id=key.paper_id, kind=Channel.TOKEN,
        blinded=asked.request.blinded_message, signature=answer,
    )  # fmt: skip


def _passed(entry: RollEntry, rows: list[Taken]) -> bool:
    """As _keep; whoever has to wait at the gate of an open poll is put in line. Raises Refused, MustWait."""
    try:
        return _keep(entry, rows)
    except MustWait:
        put_in_line(entry)
        raise


def _keep(entry: RollEntry, rows: list[Taken]) -> bool:
    """Writes the rows; False when another request was faster with one of them. Raises Refused."""
    try:
        with transaction.atomic():
            lock_giving(entry.poll)
            require_giving(entry.poll)
            if entry.poll.is_open:
                pass_gate(entry)
            Taken.objects.bulk_create(rows)
    except IntegrityError:
        return False
    return True
