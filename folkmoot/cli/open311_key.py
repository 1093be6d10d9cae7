"""Keys for other apps that report through Open311."""

from argparse import ArgumentParser, Namespace

from django.utils.translation import gettext as _

from folkmoot.base.marks import gettext_noop

HELP = gettext_noop("give another app a key for Open311, list the keys, or take one back")


def add(parser: ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("name", nargs="?", help=gettext_noop("the app that gets a new key; it is shown once"))
    what.add_argument("--list", action="store_true", help=gettext_noop("show the names of all keys"))
    what.add_argument("--revoke", metavar="NAME", help=gettext_noop("take the key of an app back"))


def run(options: Namespace) -> int:
    from folkmoot.base.actors import Actor
    from folkmoot.cases.services import issue_api_key, revoke_api_key

    console = Actor(ref="console", is_operator=True)  # whoever may start commands here is the operator
    if options.list:
        return show()
    if options.revoke:
        key = revoke_api_key(actor=console, name=options.revoke)
        print(_("The key of %(name)s opens nothing any more.") % {"name": key.name})
        return 0
    key, text = issue_api_key(actor=console, name=options.name)
    print(_("The key of %(name)s, shown this once and stored nowhere:") % {"name": key.name})
    print(text)
    return 0


def show() -> int:
    from folkmoot.cases.queries import api_keys

    for key in api_keys():
        state = _("in use") if key.is_active else _("revoked")
        print(f"{key.at:%Y-%m-%d}  {state:7}  {key.name}")
    return 0
