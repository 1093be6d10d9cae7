"""Signed notes, checkpoints and cosignatures as C2SP writes them.

A note is a text, an empty line, and one line for each signature:

    example.com/log
    20852163
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

    — example.com/log Az3grl...        base64(4 bytes key ID || signature)

A text means nothing until `open_note` has found a signature of a known key that fits. A checkpoint is a note
whose text is origin, tree size and root; a cosignature is a signature with a time, made by a witness.

Source: C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-policy; keys are written as Go's sumdb/note writes them.
"""

from folkmoot_kernel.notes.checkpoint import Checkpoint
from folkmoot_kernel.notes.keys import COSIGNATURE_V1, ED25519, SigningKey, VerifierKey
from folkmoot_kernel.notes.note import (
    MAX_SIGNATURES,
    Note,
    open_checkpoint,
    open_note,
    parse_note,
    sign_note,
)
from folkmoot_kernel.notes.policy import Policy, parse_witnesses
from folkmoot_kernel.notes.signature import Signature, is_key_name

__all__ = [
    "COSIGNATURE_V1",
    "ED25519",
    "MAX_SIGNATURES",
    "Checkpoint",
    "Note",
    "Policy",
    "Signature",
    "SigningKey",
    "VerifierKey",
    "is_key_name",
    "open_checkpoint",
    "open_note",
    "parse_note",
    "parse_witnesses",
    "sign_note",
]
