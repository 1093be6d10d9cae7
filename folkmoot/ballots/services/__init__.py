"""The acts of a poll, one file per kind of act. What one voter does leaves no record beside its row."""

from folkmoot.ballots.services.admissions import confirm_admission, propose_admission, tell_of_waiting
from folkmoot.ballots.services.auditing import TRIES, answer_sample, begin_audit, draw_sample, sign_audit
from folkmoot.ballots.services.casting import close_poll, open_casting
from folkmoot.ballots.services.clock import (
    close_due_polls,
    count_closed_polls,
    end_due_parts,
    fill_key_pool,
    forget_samples,
    open_due_casting,
    publish_due_results,
)
from folkmoot.ballots.services.counting import hand_over_keys, publish_openings
from folkmoot.ballots.services.gate import MustWait
from folkmoot.ballots.services.giving import draw_slip, give_hand_paper, issue_claim
from folkmoot.ballots.services.issuing import close_issuing
from folkmoot.ballots.services.opening import open_poll
from folkmoot.ballots.services.results import declare_broken, objection_end, publish_result
from folkmoot.ballots.services.rolls import (
    fill_roll,
    forget_roll_files,
    import_roll,
    keep_roll_file,
    kept_roll_file,
    remove_entry,
)
from folkmoot.ballots.services.second import accept_keys, accept_numbers, drop_second, name_second
from folkmoot.ballots.services.setup import (
    add_paper,
    add_rule,
    add_stratum,
    change_poll,
    change_stratum,
    drop_poll,
    name_desk,
    remove_paper,
    remove_rule,
    remove_stratum,
    set_up_poll,
)
from folkmoot.ballots.services.sheets import confirm_sheet, drop_sheet, enter_sheet
from folkmoot.ballots.services.slips import drop_slips, give_back_slips, print_slips, return_slips
from folkmoot.ballots.services.taking import Asked, BadClaim, TakenElsewhere, take_papers
from folkmoot.ballots.services.taking_part import accept_papers, agree_to_poll, leave_poll, offer_keys

__all__ = [
    "TRIES",
    "Asked",
    "BadClaim",
    "MustWait",
    "TakenElsewhere",
    "accept_keys",
    "accept_numbers",
    "accept_papers",
    "add_paper",
    "add_rule",
    "add_stratum",
    "agree_to_poll",
    "answer_sample",
    "begin_audit",
    "change_poll",
    "change_stratum",
    "close_due_polls",
    "close_issuing",
    "close_poll",
    "confirm_admission",
    "confirm_sheet",
    "count_closed_polls",
    "declare_broken",
    "draw_sample",
    "draw_slip",
    "drop_poll",
    "drop_second",
    "drop_sheet",
    "drop_slips",
    "end_due_parts",
    "enter_sheet",
    "fill_key_pool",
    "fill_roll",
    "forget_roll_files",
    "forget_samples",
    "give_back_slips",
    "give_hand_paper",
    "hand_over_keys",
    "import_roll",
    "issue_claim",
    "keep_roll_file",
    "kept_roll_file",
    "leave_poll",
    "name_desk",
    "name_second",
    "objection_end",
    "offer_keys",
    "open_casting",
    "open_due_casting",
    "open_poll",
    "print_slips",
    "propose_admission",
    "publish_due_results",
    "publish_openings",
    "publish_result",
    "remove_entry",
    "remove_paper",
    "remove_rule",
    "remove_stratum",
    "return_slips",
    "set_up_poll",
    "sign_audit",
    "take_papers",
    "tell_of_waiting",
]
