"""Changes of the map that are planned for a later day."""

from django.db.models import Q, QuerySet

from folkmoot.areas.models import Area, PlannedChange
from folkmoot.areas.states import PlanState
from folkmoot.base import clock
from folkmoot.base.errors import NotFound


def plans_of(area: Area) -> QuerySet[PlannedChange]:
    """What is or was planned for the area, the next day first."""
    taking_part = PlannedChange.others.through.objects.filter(area=area).values("plannedchange")
    plans = PlannedChange.objects.filter(Q(area=area) | Q(pk__in=taking_part))
    return plans.select_related("area").order_by("on", "pk")


def due_plans() -> list[PlannedChange]:
    """The planned changes whose day has come, in the order of their days."""
    due = PlannedChange.objects.filter(state=PlanState.PLANNED, on__lte=clock.today())
    return list(due.select_related("area").order_by("on", "pk")[:100])


def get_plan(pk: int) -> PlannedChange:
    """Raises NotFound."""
    plan = PlannedChange.objects.select_related("area").filter(pk=pk).first()
    if plan is None:
        raise NotFound()
    return plan
