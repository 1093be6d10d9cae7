"""Persons, accounts, organizations, posts and who holds them, households and their links."""

import unicodedata
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from folkmoot.areas.models import Area, in_reader_language
from folkmoot.base.fields import SealedField
from folkmoot.base.ids import new_ref

if TYPE_CHECKING:
    from folkmoot.base.actors import HeldPost


class Person(models.Model):
    """Somebody: a resident or somebody who serves. The least that works is kept of residents."""

    ref = models.UUIDField(default=new_ref, unique=True, editable=False)  # the journal's opaque name
    name = models.CharField(max_length=80, blank=True)
    name_zh = models.CharField(max_length=80, blank=True)
    phone = SealedField(blank=True)
    phone_hash = models.CharField(max_length=64, null=True, blank=True, unique=True)
    email = SealedField(blank=True)
    language = models.CharField(max_length=10, default="en")
    # The public card of an office-holder (S3.11); a member without a post has one only on request.
    card_duties = models.TextField(blank=True)
    has_card = models.BooleanField(default=False)
    erased_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return in_reader_language(self.name, self.name_zh) or str(_("(name erased)"))


class AccountManager(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(ref=str(username))


class Account(AbstractBaseUser):
    """The way in of one person: phone code, password or passkey. It holds no permission of its own."""

    person = models.OneToOneField(Person, models.CASCADE, related_name="account")
    ref = models.UUIDField(default=new_ref, unique=True, editable=False)
    is_active = models.BooleanField(default=True)
    is_operator = models.BooleanField(default=False)
    phone_verified = models.BooleanField(default=False)

    held: "tuple[HeldPost, ...] | None" = None  # the posts held now, once actors.load_account has asked
    objects = AccountManager()
    USERNAME_FIELD = "ref"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return f"account {self.pk}"


class Organization(models.Model):
    """A party branch, department, committee, enterprise, school...; it covers the area it belongs to."""

    class Kind(models.TextChoices):
        PARTY = "party", _("party organization")
        GOVERNMENT = "government", _("government office")
        DEPARTMENT = "department", _("department")
        COMMITTEE = "committee", _("committee")
        PARTY_GROUP = "party_group", _("party group of a grid")
        ENTERPRISE = "enterprise", _("enterprise")
        SCHOOL = "school", _("school")
        OTHER = "other", _("other")

    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    area = models.ForeignKey(Area, models.PROTECT, related_name="organizations")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    name = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120, blank=True)
    phone_public = models.CharField(max_length=30, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return in_reader_language(self.name, self.name_zh)


class Role(models.TextChoices):
    """What a post is. HANDLING_ROLES name the one that handles residents' matters on its level."""

    UNIT_CHIEF = "unit_chief", _("unit chief")
    GRID_CHIEF = "grid_chief", _("grid chief")
    VILLAGE_SECRETARY = "village_secretary", _("village secretary")
    VILLAGE_DIRECTOR = "village_director", _("director of the village committee")
    TOWNSHIP_OFFICER = "township_officer", _("township officer")
    OVERSEER = "overseer", _("overseer")
    DEPARTMENT_HEAD = "department_head", _("head of department")
    REPRESENTATIVE = "representative", _("residents' representative")
    PARTY_MEMBER = "party_member", _("linked party member")


# The one of an area that handles residents' matters, whether or not an organization is named beside it.
HANDLING_ROLES = (
    Role.UNIT_CHIEF, Role.GRID_CHIEF, Role.VILLAGE_SECRETARY, Role.TOWNSHIP_OFFICER, Role.OVERSEER,
)  # fmt: skip
# Those that lead an area: they appoint below them, and everybody in the area serves under them.
LEADING_ROLES = (*HANDLING_ROLES, Role.VILLAGE_DIRECTOR)
# Those whom a household can be linked to, where they serve (S3.6).
LINKED_ROLES = (*LEADING_ROLES, Role.PARTY_MEMBER)


def default_titles(role: str, place: Area | Organization) -> tuple[str, str]:
    """What a post is called in English and in Chinese when nobody has named it: `Unit chief, Unit 07-3`."""
    titles = []
    for language, name in (("en", place.name), ("zh-hans", place.name_zh or place.name)):
        with override(language):
            title = gettext("%(role)s, %(place)s") % {"role": Role(role).label, "place": name}
            titles.append(title[:1].upper() + title[1:])
    return titles[0][:120], titles[1][:120]


class Post(models.Model):
    """A post in an area, perhaps of an organization. Cases and duties belong to posts, not to persons."""

    role = models.CharField(max_length=20, choices=Role)
    area = models.ForeignKey(Area, models.PROTECT, related_name="posts")
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="posts"
    )
    title = models.CharField(max_length=120, blank=True)
    title_zh = models.CharField(max_length=120, blank=True)
    # Derived from tenures by set_holder(), so that a list of posts needs no second query for "vacant".
    vacant_since = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["area", "role"], name="post_of_area"),
            models.Index(fields=["role"], condition=Q(vacant_since__isnull=False), name="post_vacant"),
        ]

    def __str__(self) -> str:
        return in_reader_language(self.title, self.title_zh) or str(Role(self.role).label)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A post always has a title in both languages: messages name it."""
        if not self.title and not self.title_zh:
            self.title, self.title_zh = default_titles(self.role, self.organization or self.area)
        super().save(*args, **kwargs)

    @property
    def is_vacant(self) -> bool:
        return self.vacant_since is not None


class Tenure(models.Model):
    """Who held a post from a day until a day; a deputy acts between two dates beside the holder."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="tenures")
    person = models.ForeignKey(Person, models.PROTECT, related_name="tenures")
    since = models.DateField()
    until = models.DateField(null=True, blank=True, help_text="first day without it")
    is_deputy = models.BooleanField(default=False)
    end_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="tenure_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(is_deputy=False) | Q(until__isnull=False), name="deputy_has_an_end"
            ),
            models.UniqueConstraint(
                fields=["post"], condition=Q(until=None, is_deputy=False), name="one_holder_of_a_post"
            ),
        ]
        indexes = [models.Index(fields=["person", "until"], name="tenure_of_person")]

    def __str__(self) -> str:
        return f"tenure of post {self.post_id} since {self.since}"


class Appointment(models.Model):
    """A proposal to give a post to a person: it needs two persons of the level above."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        CONFIRMED = "confirmed", _("confirmed")
        REFUSED = "refused", _("refused")

    post = models.ForeignKey(Post, models.PROTECT, related_name="appointments")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    is_deputy = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    version = models.PositiveIntegerField(default=0)
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")), name="appointment_by_two"
            ),
            models.UniqueConstraint(
                fields=["post", "is_deputy"], condition=Q(state="proposed"), name="one_proposal_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"appointment to post {self.post_id}"


def address_key(address: str) -> str:
    """The address as it is compared: without case, width, spaces and signs."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", address).casefold() if letter.isalnum())


class Household(models.Model):
    """A household: an address in a unit. An empty area is a coverage gap (S3.19)."""

    code = models.CharField(max_length=40, unique=True)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="households")
    address = models.CharField(max_length=160)
    address_zh = models.CharField(max_length=160, blank=True)
    key = models.CharField(max_length=160, blank=True, db_index=True)  # address_key of the addresses
    key_zh = models.CharField(max_length=160, blank=True, db_index=True)
    members = models.PositiveSmallIntegerField(default=0)
    representative = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="represents"
    )

    def __str__(self) -> str:
        return in_reader_language(self.address, self.address_zh)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.key, self.key_zh = address_key(self.address), address_key(self.address_zh)
        super().save(*args, **kwargs)


class HouseholdMember(models.Model):
    """A person who said "I live here": their own matters, papers and notes follow from it.

    Until the household or its chief has said so too, nothing of the household is shown to that person.
    """

    household = models.ForeignKey(Household, models.CASCADE, related_name="residents")
    person = models.OneToOneField(Person, models.CASCADE, related_name="home")
    is_confirmed = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"resident of household {self.household_id}"


class HouseholdLink(models.Model):
    """A member linked to a household (S3.6). The household sees it and ends it at its word."""

    household = models.ForeignKey(Household, models.CASCADE, related_name="links")
    member = models.ForeignKey(Person, models.CASCADE, related_name="linked_households")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    ended_by_household = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household", "member"], condition=Q(until=None), name="household_linked_once"
            ),
        ]

    def __str__(self) -> str:
        return f"link of household {self.household_id}"


class SealedNote(models.Model):
    """A hardship note: with a purpose, a reader list and an end date. Each reading is shown to the household.

    Once ended, the text is gone; that there was a note, and who read it, stays with the household.
    """

    household = models.ForeignKey(Household, models.CASCADE, related_name="notes")
    purpose = models.CharField(max_length=200)
    text = SealedField(blank=True)
    answer = SealedField(blank=True)  # what the household says to it
    written_by = models.ForeignKey(Post, models.PROTECT, related_name="+")
    readers = models.ManyToManyField(Post, related_name="readable_notes")
    ends_on = models.DateField()
    ended_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            # The clock asks for those whose day has come.
            models.Index(fields=["ends_on"], condition=Q(ended_at=None), name="note_due"),
        ]

    def __str__(self) -> str:
        return f"sealed note {self.pk}"


class NoteReading(models.Model):
    """Somebody opened a sealed note: who, through which post, when."""

    note = models.ForeignKey(SealedNote, models.CASCADE, related_name="readings")
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    reader = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"reading of note {self.note_id}"


class EmergencyAccess(models.Model):
    """A time-limited, journalled session in which an operator acts through a post."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="emergencies")
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    since = models.DateTimeField()
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"emergency access to post {self.post_id}"
