"""The first posts of a new place: who stands above its highest level."""

from argparse import ArgumentParser, Namespace

HELP = "name an overseer of the whole place at its first start; two of them appoint the level below"


def add(parser: ArgumentParser) -> None:
    parser.add_argument("phone", help="the overseer's mobile phone")
    parser.add_argument("name", help="the overseer's name")


def run(options: Namespace) -> int:
    from folkmoot.people.actors import CONSOLE
    from folkmoot.people.phones import normal_phone
    from folkmoot.people.services import set_up_overseer

    post = set_up_overseer(actor=CONSOLE, phone=normal_phone(options.phone), name=options.name)
    print(f"{options.name} is now: {post}.")
    return 0
