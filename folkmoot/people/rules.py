"""Who may do what with posts, households and accounts: one `permit` per act.

Predicates read only the actor and the row in hand. "The level above" of a post is every leading post of an area
around it that stands higher; for the top level it is an overseer. The operator never counts, not even while
emergency access lasts.
"""

from django.conf import settings
from rules.predicates import predicate

from folkmoot.base.actors import Actor
from folkmoot.base.permissions import anybody, holds_post, is_clock, is_operator, is_signed_in, permit
from folkmoot.people.models import (
    LEADING_ROLES,
    Account,
    Appointment,
    EmergencyAccess,
    Household,
    HouseholdLink,
    HouseholdMember,
    Person,
    Post,
    Role,
    SealedNote,
    Tenure,
)


@predicate
def is_demo(_actor: Actor) -> bool:
    return bool(settings.DEMO)


@predicate
def leads(actor: Actor) -> bool:
    """Holds a post that leads an area: chief, secretary, director, officer, overseer."""
    return actor.post is not None and actor.post.role in LEADING_ROLES and not actor.is_operator


@predicate
def is_own_account(actor: Actor, account: Account) -> bool:
    return account.person_id == actor.person_id


@predicate
def is_self(actor: Actor, person: Person) -> bool:
    return person.pk == actor.person_id


def stands_above(actor: Actor, post: Post) -> bool:
    """The actor's post is of a level above `post`. Reads the post's area with its level."""
    own = actor.post
    if own is None or own.id == post.pk or not own.covers(post.area.path) or not leads.test(actor):
        return False
    if post.area.parent_id is None:  # the top level: only an overseer stands above it
        return own.role == Role.OVERSEER
    if post.role in LEADING_ROLES:
        return own.level_rank < post.area.level.rank
    return own.level_rank <= post.area.level.rank


@predicate
def is_above_post(actor: Actor, post: Post) -> bool:
    return stands_above(actor, post)


@predicate
def is_holder(actor: Actor, post: Post) -> bool:
    """Holds the post itself; a deputy names no further deputy."""
    return actor.post is not None and actor.post.id == post.pk and not actor.post.as_deputy


@predicate
def can_decide(actor: Actor, appointment: Appointment) -> bool:
    """The second person: of a level above, neither the proposer nor the one proposed."""
    is_part = actor.person_id in {appointment.proposed_by_id, appointment.person_id}
    return not is_part and stands_above(actor, appointment.post)


@predicate
def can_end(actor: Actor, tenure: Tenure) -> bool:
    return tenure.person_id == actor.person_id or stands_above(actor, tenure.post)


@predicate
def can_end_emergency(actor: Actor, access: EmergencyAccess) -> bool:
    if actor.is_operator:
        return True
    return stands_above(actor, access.post) or (actor.post is not None and actor.post.id == access.post_id)


def covers_household(actor: Actor, household: Household) -> bool:
    area = household.area
    return area is not None and actor.post is not None and actor.post.covers(area.path)


@predicate
def serves_household(actor: Actor, household: Household) -> bool:
    return covers_household(actor, household)


@predicate
def serves_resident(actor: Actor, member: HouseholdMember) -> bool:
    """Leads the area of the household and is not the one who says to live there."""
    is_other = member.person_id != actor.person_id
    return is_other and bool(leads.test(actor)) and covers_household(actor, member.household)


@predicate
def lives_with(actor: Actor, member: HouseholdMember) -> bool:
    """Belongs to the same household for certain, and is somebody else. One query."""
    is_other = member.person_id != actor.person_id
    return is_other and _lives_in(actor, member.household_id)


@predicate
def is_own_home(actor: Actor, member: HouseholdMember) -> bool:
    return member.person_id == actor.person_id


def _lives_in(actor: Actor, household_id: int) -> bool:
    homes = HouseholdMember.objects.filter(household=household_id, is_confirmed=True)
    return homes.filter(person=actor.person_id).exists()


@predicate
def is_linked(actor: Actor, link: HouseholdLink) -> bool:
    """The household or the linked member. One query."""
    return link.member_id == actor.person_id or _lives_in(actor, link.household_id)


@predicate
def is_of_household(actor: Actor, note: SealedNote) -> bool:
    return _lives_in(actor, note.household_id)


@predicate
def is_running(_actor: Actor, note: SealedNote) -> bool:
    return note.ended_at is None


@predicate
def is_reader(actor: Actor, note: SealedNote) -> bool:
    """The note names the actor's post. One query."""
    return actor.post is not None and note.readers.filter(pk=actor.post.id).exists()


@predicate
def is_writer(actor: Actor, note: SealedNote) -> bool:
    return actor.post is not None and actor.post.id == note.written_by_id


# The way in
permit("people.sign_in", who=anybody)
permit("people.sign_in_demo", who=is_demo)
permit("people.sign_out", who=anybody)
permit("people.open_account", who=anybody)
permit("people.view_sign_in_ways", who=is_signed_in)
permit("people.change_sign_in", who=is_signed_in)
permit("people.change_phone", who=is_signed_in, on=is_own_account)
permit("people.set_password", who=is_signed_in, on=is_own_account)
permit("people.choose_post", who=is_signed_in)
permit("people.list_accounts", who=is_operator)
permit("people.close_account", who=is_operator, on=~is_own_account)
permit("people.reopen_account", who=is_operator, on=~is_own_account)
permit("people.begin_emergency", who=is_operator, on=is_own_account)
permit("people.end_emergency", who=is_operator | holds_post, on=can_end_emergency)
permit("people.set_up_operator", who=is_operator)

# Posts
permit("people.find_chief", who=anybody)
permit("people.view_post", who=anybody)
permit("people.list_organizations", who=anybody)
permit("people.edit_card", who=is_signed_in, on=is_self)
permit("people.list_appointments", who=leads)
permit("people.propose_appointment", who=leads, on=is_above_post)
permit("people.confirm_appointment", who=leads, on=can_decide)
permit("people.refuse_appointment", who=leads, on=can_decide)
permit("people.end_tenure", who=holds_post, on=can_end)
permit("people.name_deputy", who=leads, on=is_holder | is_above_post)
permit("people.set_up_overseer", who=is_operator)
permit("people.list_gaps", who=holds_post | is_operator)
permit("people.refresh_vacancies", who=is_clock)
permit("people.move_posts", who=holds_post | is_operator | is_clock)

# Households
permit("people.view_household", who=is_signed_in)
permit("people.join_household", who=is_signed_in)
permit("people.leave_household", who=is_signed_in, on=is_own_home)
permit("people.list_residents", who=is_signed_in)
permit("people.confirm_resident", who=is_signed_in, on=serves_resident | lives_with)
permit("people.refuse_resident", who=is_signed_in, on=serves_resident | lives_with)
permit("people.link_household", who=leads, on=serves_household)
permit("people.end_link", who=is_signed_in, on=is_linked)
permit("people.list_notes", who=leads)
permit("people.write_note", who=leads, on=serves_household)
permit("people.read_note", who=holds_post, on=is_reader & is_running)
permit("people.end_note", who=holds_post, on=is_writer)
permit("people.answer_note", who=is_signed_in, on=is_of_household & is_running)
permit("people.erase_note", who=is_signed_in, on=is_of_household)
permit("people.end_due_notes", who=is_clock)

# One's own data
permit("people.view_data", who=is_signed_in)
permit("people.export_data", who=is_signed_in)
permit("people.erase_person", who=is_signed_in, on=is_self)
