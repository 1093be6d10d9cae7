"""The acts on accounts, posts and households, one file per kind of act."""

from folkmoot.people.services.accounts import (
    change_phone,
    close_account,
    edit_card,
    open_account,
    reopen_account,
    set_password,
)
from folkmoot.people.services.appointments import (
    confirm_appointment,
    propose_appointment,
    refuse_appointment,
    set_up_operator,
    set_up_overseer,
)
from folkmoot.people.services.emergencies import begin_emergency, end_emergency
from folkmoot.people.services.erasure import erase_person
from folkmoot.people.services.households import (
    confirm_resident,
    end_link,
    join_household,
    leave_household,
    link_household,
    refuse_resident,
)
from folkmoot.people.services.moving import move_posts_and_households
from folkmoot.people.services.notes import (
    answer_note,
    end_due_notes,
    end_note,
    erase_note,
    read_note,
    write_note,
)
from folkmoot.people.services.tenures import end_tenure, name_deputy, refresh_vacancies

__all__ = [
    "answer_note",
    "begin_emergency",
    "change_phone",
    "close_account",
    "confirm_appointment",
    "confirm_resident",
    "edit_card",
    "end_due_notes",
    "end_emergency",
    "end_link",
    "end_note",
    "end_tenure",
    "erase_note",
    "erase_person",
    "join_household",
    "leave_household",
    "link_household",
    "move_posts_and_households",
    "name_deputy",
    "open_account",
    "propose_appointment",
    "read_note",
    "refresh_vacancies",
    "refuse_appointment",
    "refuse_resident",
    "reopen_account",
    "set_password",
    "set_up_operator",
    "set_up_overseer",
    "write_note",
]
