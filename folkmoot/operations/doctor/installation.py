"""Settings and keys."""

from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.utils.translation import gettext as _

from folkmoot.base.keys import KeyLost
from folkmoot.journal.keys import log_origin, signing_key
from folkmoot.journal.models import Checkpoint
from folkmoot.operations.doctor.finding import Findings, fault, note, ok
from folkmoot.operations.sealed import sealed_models

LOCAL_HOSTS = {"127.0.0.1", "localhost", "::1"}


def check_settings() -> Findings:
    is_local = urlsplit(settings.ORIGIN).hostname in LOCAL_HOSTS
    if settings.DEMO and not is_local:
        yield fault(
            _("The demo runs under a public address. Unset FOLKMOOT_DEMO: anybody can sign in as anybody.")
        )
    elif settings.DEMO:
        yield note(_("This is the demo: invented people, open sign-ins, a clock of its own."))
    if settings.IS_HTTPS:
        yield ok(_("People reach this place at %(origin)s."), origin=settings.ORIGIN)
        found = checks.run_checks(include_deployment_checks=True)
        yield from (note(str(message.msg)) for message in found if not message.is_silenced())
        if settings.TRUSTED_PROXIES == 0:
            yield note(
                _(
                    "All visitors share one limit. Set FOLKMOOT_TRUSTED_PROXIES to the number of servers before us."
                )
            )
    elif is_local:
        yield note(
            _("Only this machine reaches %(origin)s. For others, set FOLKMOOT_ORIGIN to https://..."),
            origin=settings.ORIGIN,
        )
    else:
        yield fault(
            _("%(origin)s is not https: codes and names travel in the open. See deploy/README.md."),
            origin=settings.ORIGIN,
        )
    if settings.CODE_PROVIDER == "none":
        yield note(_("No sign-in code is sent. Set FOLKMOOT_CODES, or people need a password or a passkey."))
    if not settings.MAIL_URL:
        yield note(
            _("No e-mail is sent: messages stay in the inbox here. Set FOLKMOOT_MAIL_URL to send them.")
        )


def check_keys() -> Findings:
    folder = Path(settings.KEYS_DIR)
    if not folder.is_dir():
        yield fault(
            _("There is no folder %(folder)s. Put it back from your copy of the keys."), folder=folder
        )
        return
    if folder.stat().st_mode & 0o077:
        yield fault(_("Others may look into %(folder)s. Run: chmod 700 %(folder)s"), folder=folder)
    for name in ("django.key", "field.keys", "lookup.key", "box.key", "control.key"):
        path = folder / name
        if not path.exists():
            yield fault(
                _("%(key)s is missing. Put it back from your copy before anybody signs in."), key=name
            )
        elif path.stat().st_mode & 0o077:
            yield fault(_("Others may read %(key)s. Run: chmod 600 %(path)s"), key=name, path=path)
        else:
            yield ok(_("%(key)s is there and only its owner reads it."), key=name)
    yield from check_sealed_samples()
    yield from check_journal_key()


def check_sealed_samples() -> Findings:
    """One row of each kind of sealed value: the newest that is not empty."""
    for model, names in sealed_models():
        for name in names:
            try:
                samples = model._base_manager.exclude(**{name: ""}).exclude(**{f"{name}__isnull": True})
                samples.order_by("-pk").values_list(name).first()
            except (KeyLost, FileNotFoundError):
                yield fault(
                    _(
                        "%(field)s cannot be opened: field.keys is not the one it was sealed with. Put that back."
                    ),
                    field=f"{model._meta.label}.{name}",
                )


def check_journal_key() -> Findings:
    if not (Path(settings.KEYS_DIR) / "journal.key").exists():
        if Checkpoint.objects.exists():
            yield fault(_("journal.key is missing. Put it back, or run: folkmoot keys --new-journal-key"))
        return
    name = signing_key().name
    if name != log_origin():
        yield note(
            _("The journal began as %(name)s and keeps that name, whatever the address is now."), name=name
        )
