"""Which tenure is in force on a day."""

from datetime import date

from django.db.models import Q


def in_force(on: date, tenure: str = "") -> Q:
    """Tenures that give their post on the day `on`; `tenure` is the way to them, such as `tenures__`."""
    begun = Q(**{f"{tenure}since__lte": on})
    return begun & (Q(**{f"{tenure}until": None}) | Q(**{f"{tenure}until__gt": on}))
