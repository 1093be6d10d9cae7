"""The first posts of a new place: who stands above its highest level."""

from argparse import ArgumentParser, Namespace

from django.utils.translation import gettext as _

from folkmoot.base.marks import gettext_noop

HELP = gettext_noop(
    "name an overseer of the whole place at its first start; two of them appoint the level below"
)


def add(parser: ArgumentParser) -> None:
    parser.add_argument("phone", help=gettext_noop("the overseer's mobile phone"))
    parser.add_argument("name", help=gettext_noop("the overseer's name"))


def run(options: Namespace) -> int:
    from folkmoot.people.actors import CONSOLE
    from folkmoot.people.phones import normal_phone
    from folkmoot.people.services import set_up_overseer

    post = set_up_overseer(actor=CONSOLE, phone=normal_phone(options.phone), name=options.name)
    print(_("%(person)s is now: %(post)s.") % {"person": options.name, "post": post})
    return 0
