"""Settings and keys."""

from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks

from folkmoot.base.keys import KeyLost
from folkmoot.journal.keys import log_origin, signing_key
from folkmoot.journal.models import Checkpoint
from folkmoot.operations.doctor.finding import Findings, fault, note, ok
from folkmoot.operations.sealed import sealed_models


def check_settings() -> Findings:
    host = urlsplit(settings.ORIGIN).hostname or ""
    is_local = host in {"127.0.0.1", "localhost", "::1"}
    if settings.DEMO and not is_local:
        yield fault(
            "The demo runs under a public address. Unset FOLKMOOT_DEMO: anybody can sign in as anybody."
        )
    elif settings.DEMO:
        yield note("This is the demo: invented people, open sign-ins, an own clock.")
    if settings.IS_HTTPS:
        yield ok(f"People reach this place at {settings.ORIGIN}.")
        yield from (note(str(message.msg)) for message in checks.run_checks(include_deployment_checks=True))
    elif is_local:
        yield note(
            f"Only this machine reaches {settings.ORIGIN}. For others, set FOLKMOOT_ORIGIN to https://..."
        )
    else:
        yield fault(
            f"{settings.ORIGIN} is not https: codes and names travel in the open. See deploy/README.md."
        )
    if settings.CODE_PROVIDER == "none":
        yield note(
            "No sign-in code is sent to anybody: set FOLKMOOT_CODES, or people need password or passkey."
        )
    if not settings.MAIL_URL:
        yield note("No e-mail is sent: messages stay in the inbox here. Set FOLKMOOT_MAIL_URL to send them.")


def check_keys() -> Findings:
    folder = Path(settings.KEYS_DIR)
    if folder.stat().st_mode & 0o077:
        yield fault(f"Others may look into {folder}. Run: chmod 700 {folder}")
    for name in ("django.key", "field.keys", "lookup.key"):
        path = folder / name
        if not path.exists():
            yield fault(
                f"{name} is missing. Put it back from your copy of the keys, before anybody signs in."
            )
        elif path.stat().st_mode & 0o077:
            yield fault(f"Others may read {name}. Run: chmod 600 {path}")
        else:
            yield ok(f"{name} is there and only its owner reads it.")
    yield from check_sealed_samples()
    yield from check_journal_key()


def check_sealed_samples() -> Findings:
    """One row of each kind of sealed value: the first that is not empty."""
    for model, names in sealed_models():
        for name in names:
            try:
                model._base_manager.exclude(**{name: ""}).order_by("pk").values_list(name).first()
            except KeyLost:
                yield fault(
                    f"{model._meta.label}.{name} cannot be opened: field.keys is not the one it was sealed with. "
                    "Put back the right one from your copy of the keys."
                )


def check_journal_key() -> Findings:
    if not (Path(settings.KEYS_DIR) / "journal.key").exists():
        if Checkpoint.objects.exists():
            yield fault("journal.key is missing. Put it back, or run: folkmoot keys --new-journal-key")
        return
    name = signing_key().name
    if name != log_origin():
        yield note(f"The journal began as {name} and keeps that name, whatever the address is now.")
