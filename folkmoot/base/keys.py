"""Secrets of one installation: files in DATA_DIR/keys, made once, never in the database or the repository.

    django.key   signs sessions and forms (text)
    field.keys   encrypts phones and sealed notes: one Fernet key a line, newest first (old ones still open)
    lookup.key   hashes phones and codes so that they can be found without being stored (32 bytes, hex)
    journal.key  signs the journal's checkpoints (C2SP note key; made by the journal)
    witness.key  cosigns the logs of others (C2SP note key; made by the journal)
    box.key      signs promises and logs of polls (32 bytes, hex); only the box reads it
    control.key  lets the registrar steer the box (text)

Losing field.keys loses every phone and note; losing lookup.key loses sign-in by phone until people give
their phone again; losing django.key signs everybody out; losing journal.key starts a new log; losing
witness.key makes us a witness whom nobody has named yet; losing box.key
breaks every open poll: promises given cannot be held against the box. Losing control.key loses nothing.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class KeyLost(Exception):
    """A sealed value cannot be opened: its key is not in field.keys."""


def write_secret(path: Path, text: str) -> None:
    """Writes a file that only its owner reads; never overwrites one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def ensure_keys(folder: Path) -> list[str]:
    """Makes the keys that are missing; returns their names."""
    fresh: dict[str, Callable[[], str]] = {
        "django.key": lambda: secrets.token_urlsafe(50),
        "field.keys": lambda: Fernet.generate_key().decode() + "\n",
        "lookup.key": lambda: secrets.token_hex(32),
        "box.key": lambda: secrets.token_hex(32),
        "control.key": lambda: secrets.token_urlsafe(32) + "\n",
    }
    made = []
    for name, make in fresh.items():
        try:
            write_secret(folder / name, make())
        except FileExistsError:
            continue
        made.append(name)
    return made


def rotate_field_key(folder: Path) -> None:
    """Puts a new field key first; what older ones sealed stays readable."""
    path = folder / "field.keys"
    old = path.read_text(encoding="ascii")
    fresh = folder / "field.keys.new"
    write_secret(fresh, Fernet.generate_key().decode() + "\n" + old)
    fresh.replace(path)
    _fernet.cache_clear()


@lru_cache(maxsize=1)
def _fernet() -> MultiFernet:
    lines = (settings.KEYS_DIR / "field.keys").read_text(encoding="ascii").split()
    return MultiFernet([Fernet(line) for line in lines])


@lru_cache(maxsize=1)
def _lookup_key() -> bytes:
    return bytes.fromhex((settings.KEYS_DIR / "lookup.key").read_text(encoding="ascii").strip())


def seal(text: str) -> str:
    """Encrypts `text` with the newest field key (Fernet: AES-128-CBC with HMAC-SHA256)."""
    return _fernet().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Opens what `seal` closed. Raises KeyLost."""
    try:
        return _fernet().decrypt(sealed.encode()).decode()
    except InvalidToken:
        _fernet.cache_clear()  # `folkmoot keys --rotate` may have put a new key first while we run
    try:
        return _fernet().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise KeyLost("a sealed value cannot be opened: its key is not in field.keys") from error


def reseal(sealed: str) -> str:
    """The same text under the newest field key."""
    return _fernet().rotate(sealed.encode()).decode()


def lookup_hash(purpose: str, text: str) -> str:
    """HMAC-SHA256 of `text` for `purpose`, hex: finds a row by a value that is not stored."""
    return hmac.new(_lookup_key(), f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()
