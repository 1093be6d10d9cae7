"""Persons, accounts, posts and households as rows."""

from datetime import date
from typing import Any

import factory
from factory.django import DjangoModelFactory

from folkmoot.people.models import (
    Account,
    Household,
    HouseholdLink,
    HouseholdMember,
    Organization,
    Person,
    Post,
    Role,
    Tenure,
)
from tests.factories.areas import AreaFactory


class PersonFactory(DjangoModelFactory[Person]):
    """Somebody without a phone; `phone="+86..."` gives one that can be found by its hash."""

    class Meta:
        model = Person

    name = factory.Sequence("Person {}".format)
    name_zh = factory.Sequence("某人{}".format)
    language = "en"


class AccountFactory(DjangoModelFactory[Account]):
    class Meta:
        model = Account

    person = factory.SubFactory(PersonFactory)


class OrganizationFactory(DjangoModelFactory[Organization]):
    class Meta:
        model = Organization

    code = factory.Sequence("O{}".format)
    kind = Organization.Kind.DEPARTMENT
    area = factory.SubFactory(AreaFactory)
    name = factory.LazyAttribute(lambda organization: f"Office {organization.code}")
    name_zh = factory.LazyAttribute(lambda organization: f"单位{organization.code}")


class PostFactory(DjangoModelFactory[Post]):
    """A vacant post; `TenureFactory(post=..., person=...)` or `held_post` fills it."""

    class Meta:
        model = Post

    role = Role.UNIT_CHIEF
    area = factory.SubFactory(AreaFactory)
    vacant_since = date(2020, 1, 1)


class TenureFactory(DjangoModelFactory[Tenure]):
    class Meta:
        model = Tenure

    post = factory.SubFactory(PostFactory, vacant_since=None)
    person = factory.SubFactory(PersonFactory)
    since = date(2020, 1, 1)


def held_post(person: Person, **fields: Any) -> Post:
    """A post that `person` has held since 2020."""
    post = PostFactory.create(vacant_since=None, **fields)
    TenureFactory.create(post=post, person=person)
    return post


class HouseholdFactory(DjangoModelFactory[Household]):
    class Meta:
        model = Household

    code = factory.Sequence("H{}".format)
    area = factory.SubFactory(AreaFactory)
    address = factory.Sequence("{} Pier Road".format)
    address_zh = factory.Sequence("码头路{}号".format)
    members = 3


class HouseholdMemberFactory(DjangoModelFactory[HouseholdMember]):
    class Meta:
        model = HouseholdMember

    household = factory.SubFactory(HouseholdFactory)
    person = factory.SubFactory(PersonFactory)
    is_confirmed = True


class HouseholdLinkFactory(DjangoModelFactory[HouseholdLink]):
    class Meta:
        model = HouseholdLink

    household = factory.SubFactory(HouseholdFactory)
    member = factory.SubFactory(PersonFactory)
    since = date(2020, 1, 1)
