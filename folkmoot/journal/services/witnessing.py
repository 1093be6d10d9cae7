"""Being a witness: which logs of others we know, and the cosignature that a log only ever grew.

What a log shows us is believed only if it continues what we cosigned of it before, so nobody can show two of them
two different logs and have our name under both.
"""

from django.db import transaction
from django.utils.translation import gettext as _
from folkmoot_kernel import witness
from folkmoot_kernel.errors import MalformedKey, UnknownLog
from folkmoot_kernel.notes import ED25519, Signature, VerifierKey, open_note
from folkmoot_kernel.witness import AddCheckpoint

from folkmoot.base import clock
from folkmoot.base.actors import Actor
from folkmoot.base.errors import Refused
from folkmoot.base.permissions import require
from folkmoot.journal.keys import witness_key
from folkmoot.journal.models import LONGEST_ORIGIN, WitnessedLog
from folkmoot.journal.services.acts import record


def witness_log(*, actor: Actor, key: str, name: str) -> WitnessedLog:
    """Begins to cosign the checkpoints of a log. Shapes: `key` its C2SP verifier key, `name` for people.

    A log that was dropped before goes on where we left it. Raises Refused. Effects: journal `log.witnessed`.
    """
    require(actor, "journal.witness_log")
    verifier = _read_key(key)
    with transaction.atomic():
        log = WitnessedLog.objects.select_for_update().filter(origin=verifier.name).first()
        if log is None:
            log = WitnessedLog(origin=verifier.name)
        elif log.is_witnessed:
            raise Refused(_("We witness this log already, as “%(name)s”.") % {"name": log.name})
        log.key, log.name, log.is_witnessed = verifier.vkey, name, True
        log.save()
        record("log.witnessed", actor=actor, obj=log.ref)
    return log


def _read_key(text: str) -> VerifierKey:
    try:
        key = VerifierKey.parse(text.strip())
    except MalformedKey:
        raise Refused(
            _("This is not the key of a log. Copy the whole line: it has two plus signs and no spaces.")
        ) from None
    if key.kind != ED25519:
        raise Refused(_("This is the key of a witness. Ask for the key of the log."))
    if len(key.name) > LONGEST_ORIGIN:
        raise Refused(_("The name of this log is too long for us."))
    return key


def drop_log(*, actor: Actor, log: WitnessedLog) -> None:
    """Cosigns a log no more. What we cosigned of it last is kept, so that it can never be begun anew.

    Effects: journal `log.dropped`.
    """
    require(actor, "journal.drop_log", log)
    with transaction.atomic():
        if WitnessedLog.objects.filter(pk=log.pk, is_witnessed=True).update(is_witnessed=False):
            record("log.dropped", actor=actor, obj=log.ref)


def cosign_checkpoint(*, actor: Actor, request: AddCheckpoint) -> Signature:
    """Answers a log as its witness; the signature may be sent once this has returned, not before.

    Raises: UnknownLog, and what `folkmoot_kernel.witness.cosign_checkpoint` raises. Effects: the log's row; no
    record, because a machine asks every few seconds and the cosignature itself is public.
    """
    require(actor, "journal.cosign_checkpoint")
    origin = witness.origin_of(request)
    known = WitnessedLog.objects.filter(origin=origin, is_witnessed=True)
    log = known.first()
    if log is None:
        raise UnknownLog(origin=origin)
    open_note(request.checkpoint, [log.verifier])  # strangers shall not make us wait for the lock below
    with transaction.atomic():
        log = known.select_for_update().first()
        if log is None:  # dropped a moment ago
            raise UnknownLog(origin=origin)
        now = clock.now()
        checkpoint, signature = witness.cosign_checkpoint(
            request, logs=[log.verifier], latest=log.latest, key=witness_key(), time=int(now.timestamp())
        )
        log.size, log.root, log.cosigned_at = checkpoint.size, checkpoint.root, now
        log.save(update_fields=["size", "root", "cosigned_at"])
    return signature
