"""Posts change hands: two persons, dates, deputies, the first start."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.db import IntegrityError, transaction

from folkmoot.base.actors import CLOCK, Actor
from folkmoot.base.errors import NotAllowed, Refused, StaleState
from folkmoot.channels.models import Message
from folkmoot.journal.models import Act
from folkmoot.people import services
from folkmoot.people.actors import CONSOLE, actor_for, actor_for_post
from folkmoot.people.models import Account, Appointment, Person, Post, Role, Tenure
from folkmoot.people.queries import chiefs_of, handling_post, signers_of
from folkmoot.people.states import APPOINTMENT
from folkmoot.people.tenures import set_vacancies
from tests.factories.island import Island
from tests.factories.people import TenureFactory
from tests.people.conftest import give_phone

PHONE = "+8610000000042"
TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _today(at: Callable[[str], datetime]) -> None:
    at("2026-11-20 09:00")


def propose(island: Island, who: str = "bei", post: Post | None = None, **changes: object) -> Appointment:
    fields = {"phone": PHONE, "name": "Ren", "since": TODAY} | changes
    actor = actor_for(island.people[who].account)
    return services.propose_appointment(actor=actor, post=post or island.vacant_G12, **fields)


def confirm(island: Island, appointment: Appointment, who: str = "chen") -> Tenure:
    return services.confirm_appointment(actor=actor_for(island.people[who].account), appointment=appointment)


def kinds() -> list[str]:
    return list(Act.objects.order_by("pk").values_list("kind", flat=True))


def test_confirm_appointment_gives_the_post(island: Island) -> None:
    appointment = propose(island)
    island.vacant_G12.refresh_from_db()
    assert island.vacant_G12.is_vacant
    tenure = confirm(island, appointment)
    island.vacant_G12.refresh_from_db()
    assert (tenure.person.name, tenure.since, island.vacant_G12.vacant_since) == ("Ren", TODAY, None)
    assert kinds() == ["people.appointment_proposed", "people.appointment_confirmed"]
    notices = Message.objects.order_by("pk").values_list("notice", "person__name")
    assert set(notices) == {
        ("people.appointment_to_confirm", "Chen"),
        ("people.appointment_to_confirm", "Lin"),
        ("people.appointment_to_confirm", "Kai"),
        ("people.appointed", "Ren"),
    }


def test_confirm_appointment_ends_the_time_of_the_holder(island: Island) -> None:
    confirm(island, propose(island, post=island.grid_chief, since=date(2026, 12, 1)))
    before, after = island.grid_chief.tenures.order_by("since")
    assert (before.person, before.until) == (island.guo, date(2026, 12, 1))
    assert (after.since, after.until) == (date(2026, 12, 1), None)
    assert actor_for_post(island.grid_chief).person_id == island.guo.pk


def test_confirm_appointment_needs_somebody_else_above(island: Island) -> None:
    appointment = propose(island)
    for who in ("bei", "hua", "guo", "oya", "jin", "amal", "operator"):
        with pytest.raises(NotAllowed):
            confirm(island, appointment, who)
    assert Tenure.objects.filter(post=island.vacant_G12).count() == 0


def test_confirm_appointment_twice_says_somebody_was_faster(island: Island) -> None:
    appointment = propose(island)
    again = Appointment.objects.get()
    confirm(island, appointment)
    with pytest.raises(StaleState):
        confirm(island, again, "lin")
    with pytest.raises(Refused):
        confirm(island, Appointment.objects.get(), "lin")
    assert Tenure.objects.filter(post=island.vacant_G12).count() == 1


def test_confirm_appointment_is_undone_when_the_journal_fails(
    island: Island, monkeypatch: pytest.MonkeyPatch
) -> None:
    appointment = propose(island)

    def broken(*_args: object, **_details: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("folkmoot.people.services.appointments.journal.record", broken)
    with pytest.raises(OSError, match="disk full"):
        confirm(island, appointment)
    assert Appointment.objects.get().state == "proposed"
    assert Tenure.objects.filter(post=island.vacant_G12).count() == 0


def test_database_knows_that_two_decide(island: Island) -> None:
    appointment = propose(island)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.filter(pk=appointment.pk).update(decided_by=island.bei)


def test_refuse_appointment_leaves_the_post_vacant(island: Island) -> None:
    appointment = propose(island)
    actor = actor_for(island.chen.account)
    with pytest.raises(Refused):
        services.refuse_appointment(actor=actor, appointment=appointment, reason=" ")
    services.refuse_appointment(actor=actor, appointment=appointment, reason="Not yet")
    stored = Appointment.objects.get()
    assert (stored.state, stored.reason, stored.decided_by) == ("refused", "Not yet", island.chen)
    assert "Not yet" not in str(Act.objects.get(kind="people.appointment_refused").body)


def test_states_of_an_appointment_end() -> None:
    assert {state for state, _act in APPOINTMENT} == {"proposed"}
    assert set(APPOINTMENT.values()) == {"confirmed", "refused"}


def test_propose_appointment_refuses_what_cannot_be(island: Island) -> None:
    give_phone(island.operator, "+8610000000077")
    give_phone(island.bei, "+8610000000078")
    impossible: list[dict[str, object]] = [
        {"since": date(2026, 11, 19)},
        {"since": date(2028, 1, 1)},
        {"until": TODAY},
        {"is_deputy": True},
        {"name": " "},
        {"phone": "+8610000000077"},
        {"phone": "+8610000000078"},
    ]
    for changes in impossible:
        with pytest.raises(Refused):
            propose(island, **changes)
    propose(island)
    with pytest.raises(Refused):
        propose(island)
    assert (Appointment.objects.count(), Person.objects.filter(name="Ren").count()) == (1, 1)


def test_propose_appointment_never_renames_somebody(island: Island) -> None:
    give_phone(island.dou, PHONE)
    assert propose(island, name="Somebody else").person == island.dou
    assert Person.objects.get(pk=island.dou.pk).name == "Dou"


def test_signers_are_those_who_may_propose(island: Island) -> None:
    from folkmoot.base.permissions import allowed

    for name, post in island.posts.items():
        may = {
            person.pk
            for person in island.people.values()
            if allowed(actor_for(person.account), "people.propose_appointment", post)
        }
        assert signers_of(Post.objects.select_related("area__level").get(pk=post.pk)) == may, name


def test_deputy_by_appointment_stands_in_between_two_days(island: Island, at: Callable) -> None:
    appointment = propose(island, is_deputy=True, until=date(2026, 12, 20))
    confirm(island, appointment)
    island.vacant_G12.refresh_from_db()
    assert island.vacant_G12.vacant_since is None
    seat = chiefs_of(island["G12"])[0]
    assert (seat.holder, [person.name for person in seat.deputies], seat.is_vacant) == (None, ["Ren"], False)
    at("2026-12-20 00:30")
    services.refresh_vacancies()
    island.vacant_G12.refresh_from_db()
    assert island.vacant_G12.vacant_since == date(2026, 12, 20)


def test_end_tenure_leaves_a_vacancy(island: Island) -> None:
    tenure = island.grid_chief.tenures.get()
    stale = island.grid_chief.tenures.get()
    services.end_tenure(actor=actor_for(island.bei.account), tenure=tenure, until=TODAY, reason="Moved")
    island.grid_chief.refresh_from_db()
    assert island.grid_chief.vacant_since == TODAY
    assert Tenure.objects.get(pk=tenure.pk).end_reason == "Moved"
    assert list(Message.objects.values_list("notice", "person__name")) == [("people.tenure_ended", "Guo")]
    with pytest.raises(StaleState):
        services.end_tenure(actor=actor_for(island.bei.account), tenure=stale, until=TODAY, reason="x")


def test_end_tenure_on_a_later_day_keeps_the_holder_until_then(island: Island, at: Callable) -> None:
    tenure = island.grid_chief.tenures.get()
    actor = actor_for(island.guo.account)
    services.end_tenure(actor=actor, tenure=tenure, until=date(2026, 12, 1), reason="Pension")
    island.grid_chief.refresh_from_db()
    assert island.grid_chief.vacant_since is None
    at("2026-12-01 00:10")
    assert services.refresh_vacancies() == 1
    assert services.refresh_vacancies() == 0
    assert handling_post(island["G11"]).vacant_since == date(2026, 12, 1)
    assert Act.objects.filter(kind="people.vacancies_refreshed").count() == 1


def test_end_tenure_refuses_the_past_and_silence(island: Island) -> None:
    tenure = island.grid_chief.tenures.get()
    actor = actor_for(island.guo.account)
    for until, reason in ((date(2026, 11, 19), "x"), (TODAY, "  ")):
        with pytest.raises(Refused):
            services.end_tenure(actor=actor, tenure=tenure, until=until, reason=reason)


def test_name_deputy_takes_somebody_nearby_for_three_months(island: Island) -> None:
    actor = actor_for(island.guo.account)
    good = {"actor": actor, "post": island.grid_chief, "since": TODAY, "until": date(2026, 12, 1)}
    for changes in (
        {"person": island.dou},
        {"person": island.bei, "until": TODAY},
        {"person": island.bei, "since": date(2026, 11, 1)},
        {"person": island.bei, "until": date(2027, 3, 1)},
    ):
        with pytest.raises(Refused):
            services.name_deputy(**good | changes)
    services.name_deputy(**good, person=island.bei)
    with pytest.raises(Refused):
        services.name_deputy(**good, person=island.bei)
    assert kinds() == ["people.deputy_named"]


def test_deputy_names_no_deputy(island: Island) -> None:
    services.name_deputy(
        actor=actor_for(island.guo.account), post=island.grid_chief, person=island.bei,
        since=TODAY, until=date(2026, 12, 1),
    )  # fmt: skip
    bei = actor_for(island.bei.account, island.grid_chief.pk)
    assert (bei.post.id, bei.post.as_deputy) == (island.grid_chief.pk, True)
    with pytest.raises(NotAllowed):
        services.name_deputy(
            actor=bei, post=island.grid_chief, person=island.hua, since=TODAY, until=date(2026, 12, 1)
        )


def test_set_vacancies_follows_the_tenures(island: Island) -> None:
    Tenure.objects.filter(post=island.grid_chief).update(until=date(2026, 3, 1))
    TenureFactory.create(post=island.vacant_G12, person=island.dou, since=date(2026, 1, 1))
    assert set_vacancies() == 2
    assert Post.objects.get(pk=island.grid_chief.pk).vacant_since == date(2026, 3, 1)
    assert Post.objects.get(pk=island.vacant_G12.pk).vacant_since is None
    assert set_vacancies() == 0


def test_set_up_overseer_stops_at_two(island: Island) -> None:
    post = services.set_up_overseer(actor=CONSOLE, phone=PHONE, name="Ren")
    assert (post.role, post.area) == (Role.OVERSEER, island["D"])
    with pytest.raises(Refused):
        services.set_up_overseer(actor=CONSOLE, phone="+8610000000043", name="Wu")
    assert kinds() == ["people.overseer_set_up"]
    # Now two stand above the township, and its officers can be appointed.
    officer = propose(island, "kai", post=island.second_officer, phone="+8610000000044", name="Ula")
    ren = Account.objects.create(person=Person.objects.get(name="Ren"))
    services.confirm_appointment(actor=actor_for(ren), appointment=officer)
    assert island.second_officer.tenures.filter(until=None).get().person.name == "Ula"


def test_set_up_overseer_is_the_operators(island: Island) -> None:
    for actor in (actor_for(island.kai.account), actor_for(island.amal.account), CLOCK, Actor()):
        with pytest.raises(NotAllowed):
            services.set_up_overseer(actor=actor, phone=PHONE, name="Ren")


def test_set_up_operator_takes_nobody_who_serves(island: Island) -> None:
    give_phone(island.bei, PHONE)
    with pytest.raises(Refused):
        services.set_up_operator(actor=CONSOLE, phone=PHONE, name="Bei")
    account = services.set_up_operator(actor=CONSOLE, phone="+8610000000099", name="Op")
    assert (account.is_operator, account.has_usable_password()) == (True, False)
    with pytest.raises(Refused):
        propose(island, phone="+8610000000099", name="Op")
