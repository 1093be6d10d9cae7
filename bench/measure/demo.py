"""The demo place without its year: 1,952 areas with posts, people and rules, by the ordinary import."""

from random import Random

from folkmoot.demo import load
from folkmoot.people.models import Account, Person, Post
from measure.bulk import Table, loading, new_ref
from measure.matters import Writer

RESIDENTS = 2_000


def load_place(*, cases: int) -> None:
    """Fills an empty installation; one that has areas already is left as it is (`--keep`)."""
    if Post.objects.exists():
        return
    with loading():
        load.load_files(load.STAGES)
        load.open_accounts()
        chance = Random(RESIDENTS)
        people = Table(Person, "ref", "name", "name_zh")
        people.write((new_ref(chance), f"Resident {n}", f"居民{n}") for n in range(RESIDENTS))
    Writer().write(cases)


def account_of(post: Post) -> Account:
    """The account of whoever holds a post, opened if there is none."""
    holder = post.tenures.get(until=None, is_deputy=False).person
    return Account.objects.get_or_create(person=holder, defaults={"password": "!"})[0]
