"""Rows of people for the addresses that name one by its number: a proposal, a note, somebody who waits."""

from datetime import timedelta

from folkmoot.base import clock
from folkmoot.people.actors import actor_for_person
from folkmoot.people.services import begin_emergency, join_household, propose_appointment, write_note
from tests.factories.island import Island
from tests.factories.people import AccountFactory, HouseholdLinkFactory

PHONE = "+8613800138001"


def people_rows(island: Island) -> dict[str, list[int]]:
    """Numbers of rows by the name of the address, made by the real services."""
    bei = actor_for_person(island.bei, island.secretary)
    chen = actor_for_person(island.chen, island.officer)
    today = clock.today()
    appointment = propose_appointment(
        actor=chen, post=island.vacant_G12, phone=PHONE, name="Wren", since=today, until=None
    )
    note = write_note(
        actor=bei, household=island.household, purpose="A ramp", text="Steps are hard.",
        readers=[island.unit_chief, island.secretary], ends_on=today + timedelta(days=30),
    )  # fmt: skip
    waiting = join_household(actor=actor_for_person(island.nan), household=island.household)
    link = HouseholdLinkFactory.create(household=island.household, member=island.mei)
    tenure = island.unit_chief.tenures.get()
    # Not by the operator of the cast: she would act through the post from then on.
    other = AccountFactory.create(is_operator=True)
    acting = actor_for_person(other.person)
    access = begin_emergency(
        actor=type(acting)(**vars(acting) | {"is_operator": True}),
        account=other, post=island.vacant_U211, reason="Nobody is there.", hours=2,
    )  # fmt: skip
    posts = [island.unit_chief.pk, island.vacant_U121.pk]
    rows = {
        "post": posts, "propose_appointment": posts, "name_deputy": posts, "end_tenure": [tenure.pk],
        "appointment": [appointment.pk], "confirm_appointment": [appointment.pk],
        "refuse_appointment": [appointment.pk],
        "confirm_resident": [waiting.pk], "refuse_resident": [waiting.pk], "end_link": [link.pk],
        "note": [note.pk], "read_note": [note.pk], "end_note": [note.pk], "answer_note": [note.pk],
        "erase_note": [note.pk],
        "close_account": [island.hua.account.pk], "reopen_account": [island.hua.account.pk],
        "end_emergency": [access.pk],
    }  # fmt: skip
    nobody = 2**62
    return {f"people:{name}": [*pks, nobody] for name, pks in rows.items()}
