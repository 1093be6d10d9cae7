"""What other apps and the pages ask about posts and those who hold them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, QuerySet

from folkmoot.areas.models import Area
from folkmoot.base import clock
from folkmoot.base.actors import HeldPost
from folkmoot.people.actors import held_by
from folkmoot.people.models import HANDLING_ROLES, Organization, Person, Post, Role, Tenure
from folkmoot.people.tenures import in_force


@dataclass(frozen=True)
class Seat:
    """An open post as the public sees it: who holds it since when, or since when it is vacant."""

    post: Post
    holder: Person | None = None
    since: date | None = None
    deputies: tuple[Person, ...] = ()

    @property
    def is_vacant(self) -> bool:
        return self.holder is None


def open_posts() -> QuerySet[Post]:
    """Posts that exist today, vacant ones too."""
    return Post.objects.filter(closed_on=None).select_related("area__level", "organization__area__level")


def handling_post(area: Area) -> Post | None:
    """The post that handles residents' matters in `area`; whether it is vacant stands on the row."""
    return handling_posts_by_area([area.pk]).get(area.pk)


def handling_posts_by_area(area_ids: Iterable[int]) -> dict[int, Post]:
    """The handling post of each area that has one, in one query; a filled one goes before a vacant one."""
    posts = open_posts().filter(area_id__in=list(area_ids), role__in=HANDLING_ROLES, organization=None)
    found: dict[int, Post] = {}
    for post in posts.order_by(F("vacant_since").asc(nulls_first=True), "pk"):
        found.setdefault(post.area_id, post)
    return found


def organization_of(post: Post) -> Organization | None:
    return post.organization


def overseer_of(area: Area) -> Post | None:
    """The nearest overseer's post from `area` upward."""
    posts = open_posts().filter(role=Role.OVERSEER, organization=None, area_id__in=area.ancestor_ids)
    return posts.order_by("-area__level__rank", F("vacant_since").asc(nulls_first=True), "pk").first()


def posts_held(person_id: int) -> list[HeldPost]:
    """The posts a person holds today, as holder or deputy."""
    return list(held_by(person_id))


def is_under(person_id: int, post: Post) -> bool:
    """Whether a person serves under the holder of `post`: in its area or below, or in its organization.

    True for the holder as well, so that one question keeps both away from a case about the post.
    """
    return any(_serves_under(held, post) for held in held_by(person_id))


def _serves_under(held: HeldPost, post: Post) -> bool:
    if held.id == post.pk:
        return True
    if post.organization_id is not None:
        return held.organization_id == post.organization_id
    return held.area_path.startswith(post.area.path)


def chiefs_of(area: Area) -> list[Seat]:
    """The open posts of `area` itself without an organization, with those who hold them, for public pages."""
    return chiefs_by_area([area.pk]).get(area.pk, [])


def chiefs_by_area(area_ids: Iterable[int]) -> dict[int, list[Seat]]:
    """The same for several areas, in two queries."""
    posts = open_posts().filter(area_id__in=list(area_ids), organization=None)
    found: dict[int, list[Seat]] = {}
    for seat in seats(posts.exclude(role__in=(Role.REPRESENTATIVE, Role.PARTY_MEMBER)).order_by("pk")):
        found.setdefault(seat.post.area_id, []).append(seat)
    for of_area in found.values():
        of_area.sort(key=lambda seat: list(Role).index(Role(seat.post.role)))
    return found


def seats(posts: Iterable[Post]) -> list[Seat]:
    """The posts with holder and deputies of today, in their order, by one more query."""
    posts = list(posts)
    tenures: dict[int, list[Tenure]] = {}
    in_office = Tenure.objects.filter(in_force(clock.today()), post_id__in=[post.pk for post in posts])
    in_office = in_office.select_related("person").defer("person__phone", "person__email")
    for tenure in in_office.order_by("since", "pk"):
        tenures.setdefault(tenure.post_id, []).append(tenure)
    return [_seat(post, tenures.get(post.pk, [])) for post in posts]


def _seat(post: Post, tenures: list[Tenure]) -> Seat:
    holder = next((tenure for tenure in tenures if not tenure.is_deputy), None)
    return Seat(
        post=post,
        holder=holder.person if holder else None,
        since=holder.since if holder else None,
        deputies=tuple(tenure.person for tenure in tenures if tenure.is_deputy),
    )
