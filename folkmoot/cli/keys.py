"""Makes, shows and renews the keys of one installation."""

from argparse import ArgumentParser, Namespace

HELP = "make missing keys, show them, renew the field key"

PURPOSES = {
    "django.key": ("signs sessions and forms", "everybody is signed out once"),
    "field.keys": ("encrypts phones, e-mail addresses and sealed notes", "all of these are lost for ever"),
    "lookup.key": ("finds a phone without storing it", "nobody can sign in by phone until it is given again"),
    "journal.key": ("signs the checkpoints of the journal", "it goes on only under a new key"),
    "journal.pub": ("the public keys of the journal", "copy it from the page of the log"),
}


def add(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--rotate", action="store_true", help="make a new field key and encrypt every sealed value with it"
    )
    parser.add_argument(
        "--new-journal-key", action="store_true", help="go on with the journal after its key was lost"
    )


def run(options: Namespace) -> int:
    from django.conf import settings

    if options.rotate:
        rotate()
    if options.new_journal_key:
        renew_journal_key()
    print(f"Keys in {settings.KEYS_DIR}")
    for name, (purpose, loss) in PURPOSES.items():
        path = settings.KEYS_DIR / name
        state = "" if path.exists() else " (not made yet)"
        print(f"  {name:12} {purpose}{state}; if it is lost: {loss}")
    print("Keep a copy of this folder in another place than the backups: folkmoot backup writes it apart.")
    return 0


def rotate() -> None:
    from django.conf import settings

    from folkmoot.base.keys import rotate_field_key
    from folkmoot.operations.sealed import reseal_all

    rotate_field_key(settings.KEYS_DIR)
    for label, count in reseal_all():
        print(f"  {label}: {count} sealed again")
    print("Older field keys stay in field.keys, because backups made before today need them.")


def renew_journal_key() -> None:
    """Makes a new key for a journal whose key is gone; never replaces one that is there."""
    from folkmoot.base.errors import Refused
    from folkmoot.journal.keys import make_key, private_path

    if private_path().exists():
        raise Refused("journal.key is there; nothing was changed.")
    print(f"The journal goes on under a new key: {make_key().verifier.vkey}")
    print("If journal.pub was lost too, add the old public key to it: it stands on the page of the log.")
