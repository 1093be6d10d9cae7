"""Makes the actor that permissions and journal speak of: a person acting through one post held today."""

from collections.abc import Iterable
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from folkmoot.base import clock
from folkmoot.base.actors import Actor, HeldPost
from folkmoot.people.models import HANDLING_ROLES, Account, Person, Post, Tenure
from folkmoot.people.tenures import in_force

# Keys of the session.
ACTING_POST = "acting_post"  # the post that somebody with several has chosen
CLAIMS = "claims"  # references of what was opened with a bearer code

CONSOLE = Actor(ref="console", is_operator=True)  # whoever may start commands on the machine is its operator


def load_account(account_id: int) -> Account | None:
    """The account with its person and the posts it holds now, in one query: every signed-in page asks."""
    rows = list(_accounts_on(clock.today()).filter(pk=account_id))
    if not rows:
        return None
    account = rows[0]
    account.held = _held_posts(vars(row) for row in rows)
    return account


def actor_for(account: Account, post_id: int | None = None) -> Actor:
    """The actor behind an account: through its only post, or the one of several that `post_id` names."""
    if account.held is None:
        account = load_account(account.pk) or account
    held = account.held or ()
    post = held[0] if len(held) == 1 else next((post for post in held if post.id == post_id), None)
    return Actor(
        person_id=account.person_id,
        ref=str(account.person.ref),
        post=post,
        is_active=account.is_active,
        is_operator=account.is_operator,
    )


def actor_for_post(post: Post) -> Actor:
    """Whoever holds `post` today, acting through it. Raises LookupError when the post is vacant."""
    holders = holders_of(post)
    if not holders:
        raise LookupError(f"post {post.pk} is vacant")
    return actor_for_person(holders[0], post)


def actor_for_person(person: Person, post: Post | None = None) -> Actor:
    """The actor for a person without asking for an account: the demo loader, imports and tests."""
    held = None if post is None else next(h for h in held_by(person.pk) if h.id == post.pk)
    return Actor(person_id=person.pk, ref=str(person.ref), post=held)


def held_by(person_id: int) -> tuple[HeldPost, ...]:
    """The posts a person holds today, as holder or deputy."""
    return _held_posts(_tenures_on(clock.today()).filter(person_id=person_id))


def holders_of(post: Post) -> list[Person]:
    """Holder and deputies of `post` today, the holder first."""
    tenures = Tenure.objects.filter(in_force(clock.today()), post=post).select_related("person")
    return [tenure.person for tenure in tenures.order_by("is_deputy", "since", "pk")]


@lru_cache(maxsize=2)
def _accounts_on(today: date) -> QuerySet[Account]:
    """Accounts with what they hold on a day. Putting so many joins together costs more than asking them: kept."""
    midnight = datetime.combine(today, time.min, timezone.get_default_timezone())
    # Phone and e-mail stay sealed: no page needs them to know who is there.
    accounts = (
        Account.objects.select_related("person")
        .defer("person__phone", "person__email")
        .annotate(
            tenure=FilteredRelation("person__tenures", condition=in_force(today, "person__tenures__")),
            emergency=FilteredRelation("emergencies", condition=Q(emergencies__until__gt=midnight)),
            emergency_since=F("emergency__since"),
            emergency_until=F("emergency__until"),
        )
    )
    return _with_post(_with_post(accounts, "tenure__", "held_"), "emergency__", "emergency_")


@lru_cache(maxsize=2)
def _tenures_on(today: date) -> QuerySet[Any]:
    """What is held on a day, as rows. Kept like the accounts."""
    return _with_post(Tenure.objects.filter(in_force(today)), "", "held_").values()


def _with_post(rows: QuerySet[Any], way: str, name: str) -> QuerySet[Any]:
    """Adds the columns of a held post, named `name`...; `way` leads to the row that has the post."""
    area = f"{way}post__area"
    covered = f"{way}post__organization__area"
    columns: dict[str, Any] = {
        f"{name}id": F(f"{way}post_id"),
        f"{name}role": F(f"{way}post__role"),
        f"{name}area_id": Coalesce(F(f"{covered}_id"), F(f"{area}_id")),
        f"{name}area_path": Coalesce(F(f"{covered}__path"), F(f"{area}__path")),
        f"{name}level_rank": Coalesce(F(f"{covered}__level__rank"), F(f"{area}__level__rank")),
        f"{name}organization_id": F(f"{way}post__organization_id"),
    }
    if name == "held_":
        columns["held_as_deputy"] = F(f"{way}is_deputy")
    annotated: QuerySet[Any] = rows.annotate(**columns)
    return annotated


def _held_posts(rows: Iterable[dict[str, Any]]) -> tuple[HeldPost, ...]:
    held: dict[int, HeldPost] = {}
    for row in rows:
        if row["held_id"] is not None:
            held.setdefault(row["held_id"], _held_post(row, "held_", as_deputy=row["held_as_deputy"]))
        if row.get("emergency_id") is not None and _runs(row):
            held.setdefault(row["emergency_id"], _held_post(row, "emergency_", as_deputy=True))
    return tuple(held[post_id] for post_id in sorted(held))


def _runs(row: dict[str, Any]) -> bool:
    since, until = row["emergency_since"], row["emergency_until"]
    return bool(since <= clock.now() < until)


def _held_post(row: dict[str, Any], name: str, *, as_deputy: bool) -> HeldPost:
    return HeldPost(
        id=row[f"{name}id"],
        role=row[f"{name}role"],
        area_id=row[f"{name}area_id"],
        area_path=row[f"{name}area_path"],
        level_rank=row[f"{name}level_rank"],
        organization_id=row[f"{name}organization_id"],
        as_deputy=as_deputy,
        handles_cases=row[f"{name}role"] in HANDLING_ROLES,
    )
