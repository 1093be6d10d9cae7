"""Which tenure is in force on a day, and what follows for the post: filled or vacant."""

from datetime import date

from django.db.models import Exists, Max, OuterRef, Q
from django.db.models.functions import Coalesce

from folkmoot.base import clock
from folkmoot.people.models import Post, Tenure


def in_force(on: date, tenure: str = "") -> Q:
    """Tenures that give their post on the day `on`; `tenure` is the way to them, such as `tenures__`."""
    begun = Q(**{f"{tenure}since__lte": on})
    return begun & (Q(**{f"{tenure}until": None}) | Q(**{f"{tenure}until__gt": on}))


def set_vacancies(posts: list[int] | None = None) -> int:
    """Brings `vacant_since` in line with the tenures of today, of `posts` or of all; returns how many changed.

    A post is vacant when nobody acts through it, neither holder nor deputy.
    """
    today = clock.today()
    rows = Post.objects.filter(closed_on=None)
    if posts is not None:
        rows = rows.filter(pk__in=posts)
    acting = Exists(Tenure.objects.filter(in_force(today), post=OuterRef("pk")))
    filled = rows.filter(acting, vacant_since__isnull=False).update(vacant_since=None)
    left = list(rows.filter(~acting, vacant_since=None).annotate(left=Coalesce(_last_day(), today)))
    for post in left:
        post.vacant_since = post.left
    Post.objects.bulk_update(left, ["vacant_since"], batch_size=500)
    return filled + len(left)


def _last_day() -> Max:
    return Max("tenures__until", filter=Q(tenures__until__lte=clock.today()))
