"""The first account of a new place: who keeps the machine."""

from argparse import ArgumentParser, Namespace

from django.utils.translation import gettext as _

from folkmoot.base.marks import gettext_noop

HELP = gettext_noop(
    "make somebody an operator: she signs in by her phone, keeps the machine and holds no post"
)


def add(parser: ArgumentParser) -> None:
    parser.add_argument("phone", help=gettext_noop("her mobile phone"))
    parser.add_argument("name", help=gettext_noop("her name"))


def run(options: Namespace) -> int:
    from folkmoot.people.actors import CONSOLE
    from folkmoot.people.phones import normal_phone
    from folkmoot.people.services import set_up_operator

    account = set_up_operator(actor=CONSOLE, phone=normal_phone(options.phone), name=options.name)
    said = {"person": account.person, "phone": options.phone}
    print(_("%(person)s is an operator. She signs in with a code to %(phone)s.") % said)
    return 0
