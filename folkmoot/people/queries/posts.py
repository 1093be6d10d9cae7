"""Posts, and those who hold them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet

from folkmoot.areas.models import Area
from folkmoot.base import clock
from folkmoot.base.actors import HeldPost
from folkmoot.people.actors import held_by
from folkmoot.people.models import HANDLING_ROLES, LEADING_ROLES, Organization, Person, Post, Role, Tenure
from folkmoot.people.tenures import in_force

FILLED_FIRST = (F("vacant_since").asc(nulls_first=True), "pk")
ON_ROLLS = (Role.REPRESENTATIVE, Role.PARTY_MEMBER)  # many in one place: listed apart from those who serve it
SERVES_AREA = (Q(organization=None) & ~Q(role__in=ON_ROLLS)) | Q(role__in=LEADING_ROLES)


@dataclass(frozen=True)
class Seat:
    """An open post as the public sees it: who holds it since when, or since when it is vacant."""

    post: Post
    holder: Person | None = None
    since: date | None = None
    deputies: tuple[Person, ...] = ()

    @property
    def acting(self) -> Person | None:
        """Whoever acts through the post today: the holder, failing that a deputy."""
        return self.holder or next(iter(self.deputies), None)

    @property
    def is_vacant(self) -> bool:
        return self.acting is None


def open_posts() -> QuerySet[Post]:
    """Posts that exist today, vacant ones too."""
    return Post.objects.filter(closed_on=None).select_related("area__level", "organization__area__level")


def find_post(typed: str) -> Post | None:
    """The open post with the number in an address, or None for anything else."""
    is_number = typed.isascii() and typed.isdigit() and len(typed) < 12
    return open_posts().filter(pk=int(typed)).first() if is_number else None


def handling_post(area: Area) -> Post | None:
    """The post that handles residents' matters in `area`; whether it is vacant stands on the row."""
    return handling_posts_by_area([area.pk]).get(area.pk)


def handling_posts_by_area(area_ids: Iterable[int]) -> dict[int, Post]:
    """The handling post of each area that has one, in one query; a filled one goes before a vacant one.

    An overseer handles matters only where no other post of the area does: she watches over the others.
    """
    posts = open_posts().filter(area_id__in=list(area_ids), role__in=HANDLING_ROLES)
    found: dict[int, Post] = {}
    for post in sorted(posts.order_by(*FILLED_FIRST), key=_watches):
        found.setdefault(post.area_id, post)
    return found


def _watches(post: Post) -> bool:
    return post.role == Role.OVERSEER


def organization_of(post: Post) -> Organization | None:
    return post.organization


def head_post(organization: Organization) -> Post | None:
    """The post that answers for an organization; whether it is vacant stands on the row."""
    return next(iter(head_posts([organization.pk])), None)


def head_posts(organization_ids: Iterable[int]) -> list[Post]:
    """The head's post of each organization that has one, in one query."""
    posts = open_posts().filter(organization_id__in=list(organization_ids), role=Role.DEPARTMENT_HEAD)
    found: dict[int | None, Post] = {}
    for post in posts.order_by(*FILLED_FIRST):
        found.setdefault(post.organization_id, post)
    return list(found.values())


def overseer_of(area: Area) -> Post | None:
    """The nearest overseer's post from `area` upward."""
    posts = open_posts().filter(role=Role.OVERSEER, area_id__in=area.ancestor_ids)
    return posts.order_by("-area__level__rank", *FILLED_FIRST).first()


def callable_organizations(area: Area) -> QuerySet[Organization]:
    """The organizations with a head that stand on the line from `area` upward: they can be called in."""
    ids = Post.objects.filter(role=Role.DEPARTMENT_HEAD, closed_on=None).values("organization_id")
    return Organization.objects.filter(pk__in=ids, area_id__in=area.ancestor_ids, closed_on=None)


def hand_over_posts(area: Area, rung: Area) -> QuerySet[Post]:
    """The filled posts that can take a matter of `area` over: beside the rung, or heading an organization."""
    filled: QuerySet[Post] = open_posts().filter(vacant_since=None)
    beside = Q(area__parent_id=rung.parent_id, role__in=HANDLING_ROLES) & ~Q(area=rung)
    heads = Q(role=Role.DEPARTMENT_HEAD, organization__area_id__in=area.ancestor_ids)
    return filled.filter(beside | heads).order_by("organization_id", "area__code")


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
    if post.organization_id is not None and held.organization_id == post.organization_id:
        return True
    leads_area = post.organization_id is None or post.role in LEADING_ROLES
    return leads_area and held.area_path.startswith(post.area.path)


def nearby_tenures(post: Post) -> QuerySet[Tenure]:
    """Those who lead an area beside or right above that of `post` today: they can stand in for its holder."""
    around = post.area.path.removesuffix(f"{post.area_id}/") or post.area.path
    tenures = Tenure.objects.filter(
        in_force(clock.today()),
        is_deputy=False,
        post__closed_on=None,
        post__role__in=LEADING_ROLES,
        post__area__path__under=around,
        post__area__level__rank__lte=post.area.level.rank,
    )
    return tenures.exclude(post=post).select_related("person", "post").order_by("post__area__path", "pk")


def chiefs_of(area: Area) -> list[Seat]:
    """Those who serve `area` itself, the highest role first, for public pages."""
    return chiefs_by_area([area.pk]).get(area.pk, [])


def chiefs_by_area(area_ids: Iterable[int]) -> dict[int, list[Seat]]:
    """The same for several areas, in two queries."""
    posts = open_posts().filter(SERVES_AREA, area_id__in=list(area_ids))
    found: dict[int, list[Seat]] = {}
    for seat in seats(posts.order_by("pk")):
        found.setdefault(seat.post.area_id, []).append(seat)
    for of_area in found.values():
        of_area.sort(key=_by_role)
    return found


def _by_role(seat: Seat) -> int:
    return list(Role).index(Role(seat.post.role))


def seats_at(area: Area) -> tuple[list[Seat], Seat | None]:
    """chiefs_of `area` and the seat of overseer_of it together, for the page of a place, in two queries."""
    overseers = Q(role=Role.OVERSEER, area_id__in=area.ancestor_ids)
    posts = Post.objects.filter(Q(SERVES_AREA, area=area) | overseers, closed_on=None).order_by(*FILLED_FIRST)
    found = seats(posts)
    chiefs = sorted((seat for seat in found if seat.post.area_id == area.pk), key=lambda seat: seat.post.pk)
    watching = [seat for seat in found if seat.post.role == Role.OVERSEER]
    watching.sort(key=lambda seat: -area.ancestor_ids.index(seat.post.area_id))
    return sorted(chiefs, key=_by_role), next(iter(watching), None)


def holders_by_post(post_ids: Iterable[int]) -> dict[int, list[int]]:
    """Ids of the persons who hold each post today, the holder before the deputies; one query."""
    found: dict[int, list[int]] = {}
    tenures = Tenure.objects.filter(in_force(clock.today()), post_id__in=list(post_ids))
    for post_id, person_id in tenures.order_by("is_deputy", "since", "pk").values_list("post", "person"):
        found.setdefault(post_id, []).append(person_id)
    return found


def seat_of(post: Post) -> Seat:
    """One post with those who hold it today."""
    return seats([post])[0]


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


def signers_of(post: Post) -> set[int]:
    """Ids of those who can propose or confirm an appointment to `post` today: see rules.stands_above."""
    higher = Q(post__area_id__in=post.area.ancestor_ids, post__role__in=LEADING_ROLES)
    if post.area.parent_id is None:
        higher &= Q(post__role=Role.OVERSEER)
    elif post.role in LEADING_ROLES:
        higher &= ~Q(post__area=post.area)
    tenures = Tenure.objects.filter(higher, in_force(clock.today()), post__closed_on=None)
    return set(tenures.exclude(post=post).values_list("person_id", flat=True))
