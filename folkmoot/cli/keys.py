"""Makes, shows and renews the keys of one installation."""

from argparse import ArgumentParser, Namespace

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from folkmoot.base.marks import gettext_noop

HELP = gettext_noop("make missing keys, show them, renew the field key")

PURPOSES = {
    "django.key": _("Signs sessions and forms. If it is lost, everybody is signed out once."),
    "field.keys": _(
        "Encrypts phones, e-mail addresses and sealed notes. If it is lost, they are lost for ever."
    ),
    "lookup.key": _("Finds a phone without storing it. If it is lost, people must give their phones again."),
    "journal.key": _("Signs the checkpoints of the journal. If it is lost, it goes on under a new key only."),
    "witness.key": _(
        "Signs for the logs of others. If it is lost, tell those who named us their new witness key."
    ),
    "journal.pub": _("The public keys of the journal. If it is lost, copy it from the page of the log."),
}


def add(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--rotate",
        action="store_true",
        help=gettext_noop("make a new field key and encrypt every sealed value with it"),
    )
    parser.add_argument(
        "--new-journal-key",
        action="store_true",
        help=gettext_noop("go on with the journal after its key was lost"),
    )


def run(options: Namespace) -> int:
    from django.conf import settings

    if options.rotate:
        rotate()
    if options.new_journal_key:
        renew_journal_key()
    print(gettext("Keys in %(folder)s:") % {"folder": settings.KEYS_DIR})
    for name, purpose in PURPOSES.items():
        sign = "+" if (settings.KEYS_DIR / name).exists() else "-"
        print(f"{sign} {name:12} {purpose}")
    print(gettext("+ is there, - is not made yet."))
    print(
        gettext("Keep a copy of this folder in another place than the backups; folkmoot backup writes one.")
    )
    return 0


def rotate() -> None:
    from django.conf import settings

    from folkmoot.base.keys import rotate_field_key
    from folkmoot.operations.sealed import reseal_all

    rotate_field_key(settings.KEYS_DIR)
    for label, count in reseal_all():
        print(gettext("%(model)s: %(count)d sealed again") % {"model": label, "count": count})
    print(gettext("Older field keys stay in field.keys: backups made before today need them."))


def renew_journal_key() -> None:
    """Makes a new key for a journal whose key is gone; never replaces one that is there."""
    from folkmoot.base.errors import Refused
    from folkmoot.journal.keys import make_key, private_path

    if private_path().exists():
        raise Refused(gettext("journal.key is there; nothing was changed."))
    print(gettext("The journal goes on under a new key: %(key)s") % {"key": make_key().verifier.vkey})
    print(
        gettext("If journal.pub was lost too, add the old public key to it: it was on the page of the log.")
    )
