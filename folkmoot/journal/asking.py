"""Asks the witnesses of a log of ours for cosignatures under its newest checkpoint.

Nobody waits for a witness: what is published stands without it, and gets the cosignature when it comes. One that
does not answer, or not as it should, is asked again later and later.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q
from folkmoot_kernel.errors import KernelError, NoKnownSignature, SignatureRefused
from folkmoot_kernel.merkle import consistency_path
from folkmoot_kernel.notes import Checkpoint as Head
from folkmoot_kernel.notes import Note, Signature, parse_note
from folkmoot_kernel.tiles import Fetch, hash_reader
from folkmoot_kernel.witness import AddCheckpoint, cosignature_in, size_in

from folkmoot.base import clock
from folkmoot.journal.models import AskedWitness, Checkpoint, Trouble
from folkmoot.journal.posting import Answer, Silent, post
from folkmoot.journal.queries import fetch_tile, latest_checkpoint
from folkmoot.journal.witnesses import Witness, named_witnesses

PAUSE = timedelta(seconds=5)  # between two checkpoints of one log
LONGEST_PAUSE = timedelta(hours=1)
TROUBLES = {403: Trouble.REFUSED, 404: Trouble.UNKNOWN, 409: Trouble.CONFLICT, 422: Trouble.CONFLICT}


class Troubled(Exception):
    """A witness has not cosigned."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


@dataclass(frozen=True)
class OwnLog:
    """A log of ours. Shapes: `checkpoint` as it is published; `fetch` gives its tiles; `keep` takes a cosignature."""

    checkpoint: bytes
    fetch: Fetch
    keep: Callable[[Signature], object]


def ask_for_journal() -> int:
    """Asks every named witness about the journal. Raises WitnessesUnreadable."""
    witnesses, newest = named_witnesses(), latest_checkpoint()
    if not witnesses or newest is None:
        return 0
    log = OwnLog(newest.note.encode(), fetch_tile, partial(keep_cosignature, newest.size))
    return ask_witnesses(log, witnesses)


def keep_cosignature(size: int, signature: Signature) -> None:
    """Puts a cosignature under the journal's checkpoint of that size."""
    with transaction.atomic():
        row = Checkpoint.objects.select_for_update().get(size=size)
        row.note = parse_note(row.note.encode()).with_signatures(signature).encode().decode()
        row.save(update_fields=["note"])


def ask_witnesses(log: OwnLog, witnesses: Sequence[Witness]) -> int:
    """Asks those whose cosignature the newest checkpoint lacks and whose turn it is; returns how many gave one."""
    note = parse_note(log.checkpoint)
    given = 0
    for witness in lacking(log.checkpoint, witnesses):
        row, _is_new = AskedWitness.objects.get_or_create(
            origin=Head.parse(note.text).origin, key=witness.key.vkey, defaults={"name": witness.name}
        )
        if row.not_before is None or row.not_before <= clock.now():
            given += ask_witness(log, note, witness, row)
    return given


def lacking(checkpoint: bytes, witnesses: Sequence[Witness]) -> list[Witness]:
    """Those whose cosignature is not under a checkpoint of ours; what stands there was verified when it came."""
    made = parse_note(checkpoint).unverified
    return [witness for witness in witnesses if not any(map(witness.key.has_made, made))]


def ask_witness(log: OwnLog, note: Note, witness: Witness, row: AskedWitness) -> bool:
    """Asks once, keeps what comes, and notes when to ask again."""
    now = clock.now()
    try:
        signature = cosignature_of(log, note, witness, row)
    except Troubled as troubled:
        row.failures, row.trouble = row.failures + 1, troubled.trouble
        row.not_before = now + min(LONGEST_PAUSE, timedelta(seconds=2 ** min(row.failures, 12)))
        row.save()
        if troubled.trouble == Trouble.SILENT:  # about other logs it would be silent too
            others = AskedWitness.objects.filter(Q(not_before=None) | Q(not_before__lt=row.not_before))
            others.filter(key=row.key).update(not_before=row.not_before)
        return False
    row.name, row.size, row.cosigned_at = witness.name, Head.parse(note.text).size, now
    row.failures, row.trouble, row.not_before = 0, "", now + PAUSE
    row.save()
    log.keep(signature)
    return True


def cosignature_of(log: OwnLog, note: Note, witness: Witness, row: AskedWitness) -> Signature:
    """The witness's cosignature, verified. Effects: `row.size`. Raises Troubled."""
    head = Head.parse(note.text)
    answer = _ask(log, head, witness, min(row.size, head.size))
    known = size_in(answer.body) if answer.status == 409 else None
    if known is not None and known != row.size and known <= head.size:
        row.size = known  # our memory of it was wrong; from there it may say yes
        answer = _ask(log, head, witness, known)
    if answer.status != 200:
        raise Troubled(TROUBLES.get(answer.status, Trouble.STRANGE))
    try:
        return cosignature_in(answer.body, text=note.text, witness=witness.key)
    except (SignatureRefused, NoKnownSignature):
        raise Troubled(Trouble.FORGED) from None
    except KernelError:
        raise Troubled(Trouble.STRANGE) from None


def _ask(log: OwnLog, head: Head, witness: Witness, old_size: int) -> Answer:
    path = consistency_path(old_size, head.size, hash_reader(head.size, log.fetch))
    request = AddCheckpoint(old_size, tuple(path), log.checkpoint)
    try:
        return post(f"{witness.address}/add-checkpoint", request.encode())
    except Silent:
        raise Troubled(Trouble.SILENT) from None
