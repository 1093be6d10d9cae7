"""The handling posts of a line with those who act through them: one query says what two others say."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from folkmoot.people.models import Role
from folkmoot.people.queries import handling_posts_by_area, holders_by_post, staffed_posts_by_area
from tests.factories.island import Island
from tests.factories.people import PostFactory, TenureFactory, held_post


def test_staffed_posts_are_the_handling_posts_with_their_holders(
    island: Island, at: Callable[[str], datetime], django_assert_num_queries: Any
) -> None:
    at("2026-11-20 09:00")
    chief = island.unit_chief
    deputies = (
        (island.nan, date(2026, 11, 1), date(2026, 12, 1)),
        (island.oya, date(2026, 12, 2), date(2026, 12, 9)),
    )
    for person, since, until in deputies:
        TenureFactory(post=chief, person=person, since=since, until=until, is_deputy=True)
    PostFactory(role=Role.UNIT_CHIEF, area=island["U111"])
    held_post(island.dou, role=Role.OVERSEER, area=island["T"])
    held_post(island.dou, role=Role.PARTY_MEMBER, area=island["V1"])
    ids = [area.pk for area in island.areas.values()]
    with django_assert_num_queries(1):
        found = staffed_posts_by_area(ids)
    posts = handling_posts_by_area(ids)
    holders = holders_by_post([post.pk for post in posts.values()])
    assert {area: post for area, (post, _) in found.items()} == posts
    assert {post.pk: people for post, people in found.values() if people} == holders
    assert found[island["U111"].pk] == (chief, [island.hua.pk, island.nan.pk])
    assert found[island["G12"].pk][1] == []
