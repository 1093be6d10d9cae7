"""Makes the actor that permissions and journal speak of: a person acting through one post held today."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.db.models.functions import Coalesce

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
    rows = list(_accounts_with_posts().filter(pk=account_id))
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
    tenures = Tenure.objects.filter(in_force(clock.today()), person_id=person_id)
    return _held_posts(_with_post(tenures, "", "held_").values())


def holders_of(post: Post) -> list[Person]:
    """Holder and deputies of `post` today, the holder first."""
    tenures = Tenure.objects.filter(in_force(clock.today()), post=post).select_related("person")
    return [tenure.person for tenure in tenures.order_by("is_deputy", "since", "pk")]


def _accounts_with_posts() -> QuerySet[Account]:
    now, today = clock.now(), clock.today()
    # Phone and e-mail stay sealed: no page needs them to know who is there.
    accounts = (
        Account.objects.select_related("person")
        .defer("person__phone", "person__email")
        .annotate(
            tenure=FilteredRelation("person__tenures", condition=in_force(today, "person__tenures__")),
            emergency=FilteredRelation(
                "emergencies", condition=Q(emergencies__since__lte=now, emergencies__until__gt=now)
            ),
        )
    )
    return _with_post(_with_post(accounts, "tenure__", "held_"), "emergency__", "emergency_")


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
        for name in ("held_", "emergency_"):
            if row.get(f"{name}id") is not None and row[f"{name}id"] not in held:
                held[row[f"{name}id"]] = HeldPost(
                    id=row[f"{name}id"],
                    role=row[f"{name}role"],
                    area_id=row[f"{name}area_id"],
                    area_path=row[f"{name}area_path"],
                    level_rank=row[f"{name}level_rank"],
                    organization_id=row[f"{name}organization_id"],
                    as_deputy=bool(row.get("held_as_deputy")) or name == "emergency_",
                    handles_cases=row[f"{name}role"] in HANDLING_ROLES,
                )
    return tuple(held[post_id] for post_id in sorted(held))
