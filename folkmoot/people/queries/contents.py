"""What stands on areas and goes along when they change: shown before the change."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from folkmoot.base.errors import Sentence
from folkmoot.people.models import Household, Post


def posts_on(area_ids: Sequence[int]) -> tuple[Sentence, int]:
    return _("Posts"), Post.objects.filter(area__in=area_ids, closed_on=None).count()


def households_on(area_ids: Sequence[int]) -> tuple[Sentence, int]:
    return _("Households"), Household.objects.filter(area__in=area_ids).count()
