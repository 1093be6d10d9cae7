"""The posts of a line with those who act through them, by a statement written out.

Every report and every climb asks for them, and what Django takes to make the statement is ten times what the database
takes to answer it.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from folkmoot.areas.models import Area, Level
from folkmoot.base import clock
from folkmoot.people.models import HANDLING_ROLES, Post, Role

POST_COLUMNS = tuple(field.column for field in Post._meta.concrete_fields)
AREA_COLUMNS = ("id", "level_id", "parent_id", "path", "code", "name", "name_zh")
LEVEL_COLUMNS = tuple(field.column for field in Level._meta.concrete_fields)
AREA_FROM, LEVEL_FROM = len(POST_COLUMNS), len(POST_COLUMNS) + len(AREA_COLUMNS)
STATEMENT = """
    SELECT {columns}, tenure.person_id
    FROM people_post post
    JOIN areas_area area ON area.id = post.area_id
    JOIN areas_level level ON level.id = area.level_id
    LEFT JOIN people_tenure tenure ON tenure.post_id = post.id
        AND tenure.since <= %s AND (tenure.until IS NULL OR tenure.until > %s)
    WHERE post.closed_on IS NULL AND post.area_id IN ({areas}) AND post.role IN ({roles})
    ORDER BY post.vacant_since IS NOT NULL, post.vacant_since, post.id, tenure.is_deputy, tenure.since, tenure.id
"""
COLUMNS = ", ".join(
    f"{table}.{name}"
    for table, names in (("post", POST_COLUMNS), ("area", AREA_COLUMNS), ("level", LEVEL_COLUMNS))
    for name in names
)


def staffed_posts_by_area(area_ids: Sequence[int]) -> dict[int, tuple[Post, list[int]]]:
    """The handling post of each area that has one, with the ids of those who act through it, the holder first.

    Shapes: what handling_posts_by_area and holders_by_post say, in one query. The posts have their area and its
    level; of the area, names and place are read.
    """
    today = connection.ops.adapt_datefield_value(clock.today())
    found: dict[int, tuple[Post, list[int]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_statement(len(area_ids)), [today, today, *area_ids, *HANDLING_ROLES])
        rows = cursor.fetchall()
    for row in sorted(rows, key=lambda row: row[POST_COLUMNS.index("role")] == Role.OVERSEER):
        area_id = row[POST_COLUMNS.index("area_id")]
        if area_id not in found:
            found[area_id] = (_post_of(row), [])
        post, holders = found[area_id]
        if post.pk == row[0] and row[-1] is not None:
            holders.append(row[-1])
    return found


def _statement(areas: int) -> str:
    marks = ", ".join(["%s"] * areas)
    return STATEMENT.format(columns=COLUMNS, areas=marks, roles=", ".join(["%s"] * len(HANDLING_ROLES)))


def _post_of(row: Sequence[Any]) -> Post:
    post = Post.from_db(connection.alias, POST_COLUMNS, row[:AREA_FROM])
    post.area = Area.from_db(connection.alias, AREA_COLUMNS, row[AREA_FROM:LEVEL_FROM])
    post.area.level = Level.from_db(connection.alias, LEVEL_COLUMNS, row[LEVEL_FROM:-1])
    return post
