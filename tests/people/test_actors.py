"""Who stands at the door: accounts, the posts held today, deputies, emergencies, claims."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.test import Client, RequestFactory

from folkmoot.base import clock
from folkmoot.base.actors import VISITOR, Actor, HeldPost
from folkmoot.people.actors import actor_for, actor_for_post, holders_of, load_account
from folkmoot.people.middleware import ActorMiddleware
from folkmoot.people.models import EmergencyAccess, Role, Tenure
from tests.factories.island import Island
from tests.factories.people import PostFactory, TenureFactory, held_post


def actor_at_door(client: Client) -> Actor:
    """What the middlewares of a real request make of the browser's session."""
    seen: list[Actor] = []

    def note(request: object) -> HttpResponse:
        seen.append(request.actor)  # type: ignore[attr-defined]
        return HttpResponse()

    request = RequestFactory().get("/")
    request.COOKIES = {name: morsel.value for name, morsel in client.cookies.items()}
    from django.contrib.auth.middleware import AuthenticationMiddleware
    from django.contrib.sessions.middleware import SessionMiddleware

    SessionMiddleware(AuthenticationMiddleware(ActorMiddleware(note)))(request)
    return seen[0]


def test_visitor_costs_no_query(db: None, django_assert_num_queries: Callable) -> None:
    with django_assert_num_queries(0):
        assert actor_at_door(Client()) == VISITOR


def test_somebody_signed_in_costs_two_queries(
    island: Island, as_bei: Client, django_assert_num_queries: Callable
) -> None:
    with django_assert_num_queries(2):
        actor = actor_at_door(as_bei)
    assert actor == Actor(
        person_id=island.bei.pk,
        ref=str(island.bei.ref),
        post=HeldPost(
            id=island.secretary.pk,
            role="village_secretary",
            area_id=island["V1"].pk,
            area_path=island["V1"].path,
            level_rank=30,
            handles_cases=True,
        ),
    )


def test_three_posts_cost_two_queries_and_need_a_choice(
    island: Island, as_bei: Client, django_assert_num_queries: Callable
) -> None:
    second = held_post(island.bei, role=Role.VILLAGE_DIRECTOR, area=island["V1"])
    held_post(island.bei, role=Role.PARTY_MEMBER, area=island["V1"])
    with django_assert_num_queries(2):
        assert actor_at_door(as_bei).post.id == island.secretary.pk
    session = as_bei.session
    session["acting_post"] = second.pk
    session.save()
    assert actor_at_door(as_bei).post.id == second.pk
    session["acting_post"] = island.officer.pk  # somebody else's
    session.save()
    assert actor_at_door(as_bei).post is None


def test_post_of_an_organization_covers_its_area(island: Island) -> None:
    post = actor_for(island.jin.account).post
    assert (post.organization_id, post.area_path, post.handles_cases) == (
        island.water.pk,
        island["T"].path,
        False,
    )


def test_tenure_gives_the_post_from_its_first_day_until_the_day_after_its_last(
    island: Island, at: Callable[[str], datetime]
) -> None:
    post = PostFactory.create(role=Role.GRID_CHIEF, area=island["G12"])
    TenureFactory.create(post=post, person=island.dou, since=date(2026, 3, 1), until=date(2026, 4, 1))
    held = []
    for day in ("2026-02-28", "2026-03-01", "2026-03-31", "2026-04-01"):
        at(f"{day} 12:00")
        held.append(actor_for(load_account(island.dou.account.pk)).post is not None)
    assert held == [False, True, True, False]


def test_deputy_acts_beside_the_holder(island: Island, at: Callable[[str], datetime]) -> None:
    at("2026-11-20 09:00")
    Tenure.objects.create(
        post=island.grid_chief,
        person=island.dou,
        is_deputy=True,
        since=date(2026, 11, 1),
        until=date(2026, 12, 1),
    )
    assert [person.name for person in holders_of(island.grid_chief)] == ["Guo", "Dou"]
    assert actor_for_post(island.grid_chief).person_id == island.guo.pk
    deputy = actor_for(island.dou.account).post
    assert (deputy.id, deputy.as_deputy) == (island.grid_chief.pk, True)


def test_vacant_post_has_no_actor(island: Island) -> None:
    with pytest.raises(LookupError):
        actor_for_post(island.posts["vacant_G12"])


def test_operator_acts_through_a_post_only_during_emergency_access(
    island: Island, as_operator: Client, django_assert_num_queries: Callable
) -> None:
    assert actor_at_door(as_operator).post is None
    now = clock.now()
    access = EmergencyAccess.objects.create(
        account=island.operator.account, post=island.secretary, reason="flood",
        since=now - timedelta(hours=1), until=now + timedelta(hours=1),
    )  # fmt: skip
    with django_assert_num_queries(2):
        actor = actor_at_door(as_operator)
    assert (actor.is_operator, actor.post.id, actor.post.as_deputy) == (True, island.secretary.pk, True)
    access.until = now
    access.save()
    assert actor_at_door(as_operator).post is None


def test_claims_belong_to_visitors_too(db: None) -> None:
    session = SessionStore()
    session["claims"] = ["case:41"]
    session.create()
    client = Client()
    client.cookies["sessionid"] = session.session_key
    assert actor_at_door(client) == Actor(claims=frozenset({"case:41"}))


def test_closed_account_is_a_visitor(island: Island, as_bei: Client) -> None:
    island.bei.account.is_active = False
    island.bei.account.save()
    assert actor_at_door(as_bei) == VISITOR
