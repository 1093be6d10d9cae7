"""Makes, shows and renews the keys of one installation."""

from argparse import ArgumentParser, Namespace

HELP = "make missing keys, show them, renew the field key"

PURPOSES = {
    "django.key": ("signs sessions and forms", "everybody is signed out once"),
    "field.keys": ("encrypts phones, e-mail addresses and sealed notes", "all of these are lost for ever"),
    "lookup.key": ("finds a phone without storing it", "nobody can sign in by phone until it is given again"),
    "journal.key": ("signs the checkpoints of the journal", "the journal goes on under a new key"),
}


def add(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--rotate", action="store_true", help="make a new field key and encrypt every sealed value with it"
    )


def run(options: Namespace) -> int:
    from django.conf import settings

    if options.rotate:
        rotate()
    print(f"Keys in {settings.KEYS_DIR}")
    for name, (purpose, loss) in PURPOSES.items():
        path = settings.KEYS_DIR / name
        state = f"{path.stat().st_mode & 0o777:o}" if path.exists() else "not made yet"
        print(f"  {name:12} {state:12} {purpose}; if it is lost, {loss}")
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
