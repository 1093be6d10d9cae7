"""Which message goes to whom about the map. Channels carries it: it registers `notice` in `deliver`."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from folkmoot.areas.models import PlannedChange
from folkmoot.base import registries
from folkmoot.base.errors import Sentence

TEXTS: dict[str, tuple[Sentence, Sentence]] = {
    "area.change_failed": (
        _("A planned change of the map was not made: %(area)s"),
        _(
            "You planned to change %(area)s on %(on)s. Nothing was changed, because it no longer fits: %(why)s"
        ),
    ),
}


def tell_of_failed(plan: PlannedChange) -> None:
    """Tells whoever planned it, inside the act's transaction."""
    if "notice" in registries.deliver:
        registries.deliver["notice"](
            people=[plan.planned_by],
            notice="area.change_failed",
            params={
                "area": [plan.area.name, plan.area.name_zh],
                "on": plan.on,
                "why": [plan.why_failed, plan.why_failed_zh],
            },
            url=reverse("areas:history", args=[plan.area.code]),
            origin=f"area:{plan.area_id}",
        )
