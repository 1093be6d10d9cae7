"""What only the demo shows: its offered sign-ins, and how far the loading is."""

from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from folkmoot.base.registries import panels
from folkmoot.demo.load import OPERATOR_PHONE, read_progress
from folkmoot.people.demo_door import DemoSignIn, demo_sign_ins

# key, name, what they are, phone as in cast.csv
CAST = (
    ("amal", _("Amal"), _("a resident of Pearl Bay"), "+8619900000001"),
    ("hua", _("Hua"), _("chief of her unit"), "+8619900000006"),
    ("guo", _("Guo"), _("chief of her grid"), "+8619900000005"),
    ("bei", _("Bei"), _("secretary of the village"), "+8619900000002"),
    ("chen", _("Chen"), _("officer of the township"), "+8619900000003"),
    ("kai", _("Kai"), _("overseer of the district"), "+8619900000007"),
    ("qiu", _("Hao Qiu"), _("the other overseer: an appointment takes two"), "+8619900000100"),
    ("dou", _("Dou"), _("a stranger from elsewhere"), "+8619900000004"),
    ("operator", _("The operator"), _("runs the server and holds no post"), OPERATOR_PHONE),
)


def register() -> None:
    """Called when the app is ready, in the demo only."""
    for key, name, text, phone in CAST:
        demo_sign_ins.register(key, DemoSignIn(name, text, phone))
    panels.register("demo", loading_panel)


def loading_panel(kind: str, obj: Any) -> str:  # noqa: ARG001 - the same for every place
    """A progress bar on the page of a place until the demo is loaded; nothing afterwards."""
    progress = read_progress()
    if kind != "place" or progress.is_over:
        return ""
    return render_to_string("demo/loading.html", {"progress": progress})
