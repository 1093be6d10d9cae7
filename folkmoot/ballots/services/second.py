"""The organiser's side of two registrars: nothing is asked over the network, all goes by files and telephone."""

from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _
from folkmoot_kernel.errors import KernelError
from folkmoot_kernel.papers import Paper as PaperLeaf

from folkmoot.ballots import boxes, queries
from folkmoot.ballots.handover import (
    NO_KEY,
    NO_POINT,
    NO_SIGNER,
    SOME_MOMENT,
    OfferedKeys,
    SetUp,
    decode_numbers,
    keys_needed,
)
from folkmoot.ballots.models import Agreement, Poll, in_words
from folkmoot.ballots.services.opening import paper_leaf, slips_by_paper, stratum_leaf
from folkmoot.ballots.services.settling import settle_strata
from folkmoot.ballots.services.step import require_state, take_step
from folkmoot.base.actors import Actor
from folkmoot.base.errors import Refused
from folkmoot.base.permissions import require


def name_second(*, actor: Actor, poll: Poll, host: str, seen: int | None = None) -> Poll:
    """Names the place that gives out tokens of its own, and writes the set-up that it is handed.

    From now on the draft stays as it is. Raises: Refused while anything but keys is missing, or when no group votes
    online. Effects: journal `poll.second_named`.
    """
    require(actor, "ballots.name_second", poll)
    require_state(poll, "name_second")
    if poll.second_registrar or poll.papers.exclude(leaf_hash="").exists():
        raise Refused(_("A second registrar is named already, or the box may have the papers."))
    if poll.is_open:
        raise Refused(
            _("Whoever wishes takes part in this vote: there is no roll that a second place could keep.")
        )
    if host == boxes.registrar_host():
        raise Refused(_("This is the place itself. The second registrar has a place of its own."))
    for check in queries.checks(poll):
        if not check.holds and check.name != "keys":
            raise Refused(check.text)
    with transaction.atomic():
        take_step(poll, act="name_second", actor=actor, seen=seen, text=host, second_registrar=host)
        setup = _setup(poll)
        if not keys_needed(setup.papers):
            raise Refused(
                _("No group votes online: there is nothing that a second registrar could give out.")
            )
        Agreement.objects.create(poll=poll, setup=setup.encode())
    return poll


def _setup(poll: Poll) -> SetUp:
    """The papers as they will be, with zeros for what is not known yet."""
    groups = settle_strata(poll)
    papers = []
    for paper, slips in slips_by_paper(poll):
        strata = [
            stratum_leaf(
                group,
                slips.get(group.head.pk),
                keys=lambda: (NO_KEY, NO_KEY),
                closing=lambda _channel: NO_POINT,
            )
            for group in groups
        ]
        papers.append(paper_leaf(poll, paper, strata, opens=SOME_MOMENT, signers=[NO_SIGNER]))
    return SetUp(boxes.registrar_address(), in_words(poll.name, poll.name_zh), tuple(papers))


def drop_second(*, actor: Actor, poll: Poll, seen: int | None = None) -> Poll:
    """Does without the second registrar: the draft can be changed again. Effects: journal `poll.second_dropped`."""
    require(actor, "ballots.drop_second", poll)
    if poll.papers.exclude(leaf_hash="").exists():
        raise Refused(_("The box may have the papers already. Open the poll, or set up another one."))
    with transaction.atomic():
        take_step(poll, act="drop_second", actor=actor, seen=seen, second_registrar="")
        Agreement.objects.filter(poll=poll).delete()
    return poll


def accept_keys(*, actor: Actor, poll: Poll, file: bytes, seen: int | None = None) -> Poll:
    """Takes the keys that the second registrar made for this set-up; another file replaces the one before.

    Raises: Refused for any other file. Effects: journal `poll.keys_accepted`.
    """
    require(actor, "ballots.accept_keys", poll)
    agreement = _agreement(poll)
    setup = bytes(agreement.setup)
    try:
        offered = OfferedKeys.decode(file)
    except KernelError:
        raise Refused(_("This is not the file of keys from the second registrar.")) from None
    if offered.setup != sha256(setup).digest():
        raise Refused(_("These keys were made for another set-up. Hand over the set-up of this page."))
    keys, needed = offered.keys, set(keys_needed(SetUp.decode(setup).papers))
    if set(keys) != needed or len(set(keys.values())) != len(needed):
        raise Refused(_("Keys are missing in this file, or one is in it twice."))
    with transaction.atomic():
        take_step(poll, act="accept_keys", actor=actor, seen=seen)
        Agreement.objects.filter(pk=agreement.pk).update(keys=file)
    return poll


def accept_numbers(*, actor: Actor, poll: Poll, file: bytes, seen: int | None = None) -> Poll:
    """Puts the signed numbers of the second registrar into the log: without them nothing is counted. May be repeated.

    Raises: Refused for any other file, BoxAway, BoxRefused. Effects: journal `poll.numbers_accepted`; one leaf for
    each paper.
    """
    require(actor, "ballots.accept_numbers", poll)
    require_state(poll, "accept_numbers")
    agreement = _agreement(poll)
    try:
        papers = [PaperLeaf.decode(bytes(paper.leaf)) for paper in poll.papers.all()]
        leaves = decode_numbers(file, papers)
    except KernelError:
        raise Refused(_("These are not the numbers of the second registrar, signed with its key.")) from None
    boxes.append(poll.code, [leaf.encode() for leaf in leaves])
    with transaction.atomic():
        take_step(poll, act="accept_numbers", actor=actor, seen=seen)
        Agreement.objects.filter(pk=agreement.pk).update(numbers=file)
    return poll


def _agreement(poll: Poll) -> Agreement:
    """Raises Refused for a poll of one registrar."""
    agreement = queries.agreement_on(poll)
    if agreement is None:
        raise Refused(_("This vote has no second registrar."))
    return agreement
