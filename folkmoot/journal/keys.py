"""The key that signs the journal's checkpoints, the public keys by which they are known, and our key as a witness.

    keys/journal.key   the private key of C2SP signed notes, made when the first act is sealed
    keys/journal.pub   every public key that ever signed, newest first, one a line
    keys/witness.key   the private key by which we cosign the logs of others, made when it is first shown

The name of a key is told by the host, as it was called on the first day: `<host>/journal` is the origin of the log,
`<host>/witness` our name as a witness.
"""

import secrets
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from folkmoot_kernel.notes import COSIGNATURE_V1, ED25519, SigningKey, VerifierKey

from folkmoot.base.errors import FolkmootError
from folkmoot.base.keys import write_secret
from folkmoot.journal.models import Checkpoint


class JournalKeyLost(FolkmootError):
    """There are signed checkpoints, but journal.key is gone: a person has to decide how to go on."""

    sentence = _(
        "keys/journal.key is gone, so the journal cannot be sealed. Put it back from your copy of the keys, "
        "or go on under a new key with: folkmoot keys --new-journal-key"
    )
    status = 503


def signing_key() -> SigningKey:
    """The key of the journal; made at its first use. Raises JournalKeyLost."""
    try:
        return SigningKey.parse(private_path().read_text(encoding="utf-8").strip())
    except FileNotFoundError:
        if Checkpoint.objects.exists():
            raise JournalKeyLost() from None
        return make_key()


def make_key() -> SigningKey:
    """Makes a new key. Effects: writes journal.key and adds its public key to journal.pub.

    Raises FileExistsError when there is one.
    """
    key = SigningKey(log_origin(), ED25519, secrets.token_bytes(32))
    write_secret(private_path(), key.skey + "\n")
    older = [known.vkey for known in verifier_keys() if known != key.verifier]
    public_path().write_text("\n".join([key.verifier.vkey, *older, ""]), encoding="utf-8")
    return key


def verifier_keys() -> list[VerifierKey]:
    """The public keys by which checkpoints are known, newest first."""
    keys = []
    if private_path().exists():
        keys.append(signing_key().verifier)
    if public_path().exists():
        keys += [VerifierKey.parse(line) for line in public_path().read_text(encoding="utf-8").split()]
    return list(dict.fromkeys(keys))


def witness_key() -> SigningKey:
    """Our key as a witness; made at its first use. Whoever named us as a witness has to be told of another one."""
    path = Path(settings.KEYS_DIR) / "witness.key"
    if not path.exists():
        key = SigningKey(f"{_host()}/witness", COSIGNATURE_V1, secrets.token_bytes(32))
        with suppress(FileExistsError):  # another process was faster
            write_secret(path, key.skey + "\n")
    return SigningKey.parse(path.read_text(encoding="utf-8").strip())


def log_origin() -> str:
    """The name of a log that begins today: `example.org/journal`."""
    return f"{_host()}/journal"


def _host() -> str:
    return urlsplit(settings.ORIGIN).hostname or "localhost"


def private_path() -> Path:
    return Path(settings.KEYS_DIR) / "journal.key"


def public_path() -> Path:
    return Path(settings.KEYS_DIR) / "journal.pub"
