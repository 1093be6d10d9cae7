"""What the registrar's door asks: whose claim this is, which papers it is good for, what was taken already."""

from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_bytes
from threading import Lock, Timer
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from folkmoot_kernel.cells import told_to_voter
from folkmoot_kernel.sentences import LANGUAGES
from folkmoot_kernel.tokens import Issuer

from folkmoot.ballots.models import Channel, Claim, Paper, Poll, RollEntry, Taken, TokenKey
from folkmoot.ballots.queries.joining import joining_of
from folkmoot.base.errors import NotFound
from folkmoot.base.ids import normal_code
from folkmoot.base.keys import lookup_hash

CLAIM_PURPOSE = "ballots.claim"
KEPT_SECONDS = 60

_issuers: dict[bytes, Issuer] = {}  # by public key
_issuers_lock = Lock()
# What says whether papers are given out now, and up to how many.
GIVING_FIELDS = ("state", "issue_closed_at", "closes_at", "casts_at", "is_open", "population")


@dataclass(frozen=True)
class Offered:
    """A paper that a claim is good for. Shapes: `taken` is "", "token", "slip" or "hand"."""

    paper: Paper
    taken: str


class PublicKey(NamedTuple):
    """What is known of a row of TokenKey without its private half."""

    pk: int
    paper_id: int
    public: bytes
    is_alive: bool  # the private half is not erased


def hash_of_claim(code: str) -> str:
    return lookup_hash(CLAIM_PURPOSE, normal_code(code))


def entry_of_claim(code: str) -> RollEntry | None:
    """The place on the roll that a bearer code stands for; None for a code that is not in use. One query."""
    claims = Claim.objects.filter(code_hash=hash_of_claim(code))
    claim = claims.select_related("entry__poll__area", "entry__stratum__votes_in").first()
    return claim.entry if claim else None


def bearer_of_claim(code: str) -> RollEntry | None:
    """The same with no more of poll and stratum than taking a paper asks for: a third of the time. One query."""
    claims = Claim.objects.filter(code_hash=hash_of_claim(code))
    claims = claims.select_related("entry__poll", "entry__stratum__votes_in")
    found = [
        *claims.only(*(f"entry__poll__{field}" for field in GIVING_FIELDS), "entry__stratum__votes_in__code")
    ]
    return found[0].entry if found else None


def papers_offered(entry: RollEntry) -> list[Offered]:
    """The papers of the entry's poll in order, with what was taken of each. Two queries."""
    taken = dict(Taken.objects.filter(entry=entry).values_list("paper", "kind"))
    papers = Paper.objects.filter(poll_id=entry.poll_id).order_by("order")
    return [Offered(paper, taken.get(paper.pk, "")) for paper in papers]


def signing_keys(entry: RollEntry) -> dict[str, PublicKey]:
    """The keys that sign for the entry's stratum, by the id of the paper as the log has it. One query.

    Once issuing has ended their private halves are gone; what was signed before is answered still.
    """
    keys = TokenKey.objects.filter(stratum=entry.stratum.votes_in)
    # Not the private one: unsealing it costs as much as a signature.
    found = keys.annotate(is_alive=~Q(private="")).values_list(
        "paper__leaf_hash", "pk", "paper", "public", "is_alive"
    )
    return {
        paper: PublicKey(pk, paper_id, bytes(public), is_alive)
        for paper, pk, paper_id, public, is_alive in found
    }


def issuer_of(key: PublicKey) -> Issuer:
    """What signs with a key. Raises NotFound once its private half is erased.

    To make one costs more than to sign with it, so a process keeps them: for a minute, whether anybody asks again
    or not, and only while the row has its private half.
    """
    if not key.is_alive:
        forget_issuers()
        raise NotFound()
    return _issuers.get(key.public) or _made_issuer(key)


def _made_issuer(key: PublicKey) -> Issuer:
    pem = TokenKey.objects.values_list("private", flat=True).get(pk=key.pk)
    if not pem:  # in this very moment issuing ended
        raise NotFound()
    private = load_pem_private_key(pem.encode(), None, unsafe_skip_rsa_key_validation=True)
    assert isinstance(private, RSAPrivateKey)
    issuer = Issuer(private, chance=token_bytes)
    with _issuers_lock:
        if not _issuers:
            forgetting = Timer(KEPT_SECONDS, forget_issuers)
            forgetting.daemon = True
            forgetting.start()
        _issuers[key.public] = issuer
    return issuer


def forget_issuers() -> None:
    """Drops the private keys that this process has read."""
    with _issuers_lock:
        _issuers.clear()


def told_to(entry: RollEntry, channel: Channel = Channel.TOKEN) -> dict[str, str]:
    """What a voter is told who takes a paper by a channel: all that may happen to it because of small numbers.

    Shapes: one text in each language of leaves; none at the second registrar, which does not know how many vote.
    """
    if entry.poll.is_elsewhere:
        return {}
    groups = joining_of(entry.poll).groups
    own = next(group for group in groups if entry.stratum.code in {part.id for part in group.parts})
    told = told_to_voter(groups, own, channel, k=entry.poll.k)
    return {tag: ("" if tag == "zh-Hans" else " ").join(each.said(tag) for each in told) for tag in LANGUAGES}


def secrecy(poll: Poll) -> dict[str, object]:
    """The level of secrecy that a poll reaches, and the sentence in which a voter is told so."""
    level = secrecy_level(poll)
    return {"level": level, **in_both(lambda: str(SECRECY[level]))}


def secrecy_level(poll: Poll) -> int:
    """1: the database does not know. 2: the organiser cannot work it out either. 3: nobody alone can."""
    if not poll.is_two_phase:
        return 1
    return 3 if poll.second_registrar else 2


SECRECY = {
    1: _("The database does not know how you vote. You are hidden among those who have voted so far."),
    2: _("The database does not know how you vote, and the organiser cannot work it out from the hour."),
    3: _("The database does not know how you vote, and the organiser cannot work it out from the hour. Nobody alone "
         "can make a ballot: two places with rolls of their own give out each paper."),
}  # fmt: skip


def in_both(say: Callable[[], str]) -> dict[str, str]:
    """A text in the languages of leaves."""
    texts = {}
    for tag in LANGUAGES:
        with override(tag.lower()):
            texts[tag] = say()
    return texts


def has_channel(entry: RollEntry, channel: Channel) -> bool:
    """Whether the group in which the entry votes has a channel: any of its strata brings it for all. One query."""
    head = entry.stratum.votes_in
    if head is None:
        return False
    return any(channel in stratum.channels for stratum in head.parts.all())
