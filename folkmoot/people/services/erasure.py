"""A person takes out what is held of her: everything in one act, with a table of what became of it."""

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from folkmoot.base import clock, registries
from folkmoot.base.actors import Actor
from folkmoot.base.errors import Refused
from folkmoot.base.permissions import require
from folkmoot.journal import services as journal
from folkmoot.people.models import Person
from folkmoot.people.queries import posts_held

Line = tuple[str, str, int]  # what, what became of it, how many


def erase_person(*, actor: Actor, person: Person) -> list[Line]:
    """Erases what every app holds of `person` at her own word, and her account with it.

    Raises Refused while she holds a post: who serves is known by name; the post is given up first.
    Effects: `people.person_erased`; what she did stays in the journal without leading to her.
    """
    require(actor, "people.erase_person", person)
    if posts_held(person.pk):
        raise Refused(
            _("You hold a post, and people must know who serves them. Please give up the post first.")
        )
    with transaction.atomic():
        lines: list[Line] = []
        for _name, entry in registries.personal_data:
            lines += entry.erase(person.pk)
        Person.objects.filter(pk=person.pk).update(erased_at=clock.now())
        journal.record("people.person_erased", actor=actor, obj=f"person:{person.ref}", parts=len(lines))
        forgotten = journal.forget(str(person.ref))
        lines.append(
            (gettext("what you did, in the journal"), gettext("kept, but nothing leads to you"), forgotten)
        )
    return lines
