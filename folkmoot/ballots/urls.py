from django.urls import path

from folkmoot.ballots.views import (
    admissions,
    auditing,
    desk,
    public,
    registrar,
    running,
    second,
    setting_up,
    sheets,
    voter,
    voters,
)

app_name = "ballots"
POLL = "polls/<slug:code>/"
ENTRY = f"{POLL}desk/<uuid:entry>/"
SECOND = f"{POLL}second/"
STRATUM = f"{POLL}voters/<slug:stratum>/"

urlpatterns = [
    path("papers/", registrar.papers_offered, name="papers_offered"),
    path("papers/batch/", registrar.papers_take, name="papers_take"),
    path("papers/<str:paper>/<str:stratum>/", registrar.paper_take, name="paper_take"),
    # For everybody
    path("polls/", public.poll_list, name="poll_list"),
    path("places/<slug:code>/polls/", public.poll_list, name="poll_list_of"),
    path("how-votes-are-protected/", public.protection, name="protection"),
    path(POLL, public.poll_view, name="poll_view"),
    path(f"{POLL}result/", public.poll_result, name="poll_result"),
    path(f"{POLL}verify/", public.poll_verify, name="poll_verify"),
    # For a voter
    path("my/papers/", voter.paper_list, name="my_papers"),
    path("my/papers/<slug:code>/", voter.paper_claim, name="my_paper"),
    # Setting up
    path("my/polls/", setting_up.organised_list, name="organised_list"),
    path("my/polls/new/", setting_up.poll_set_up, name="set_up_poll"),
    path(f"{POLL}words/", setting_up.poll_change, name="change_poll"),
    path(f"{POLL}questions/", setting_up.paper_add, name="add_paper"),
    path(f"{POLL}questions/<int:order>/remove/", setting_up.paper_remove, name="remove_paper"),
    path(f"{POLL}voters/", voters.stratum_add, name="add_stratum"),
    path(STRATUM, voters.stratum_change, name="change_stratum"),
    path(f"{STRATUM}remove/", voters.stratum_remove, name="remove_stratum"),
    path(f"{STRATUM}fill/", voters.roll_fill, name="fill_roll"),
    path(f"{POLL}rules/", voters.rule_add, name="add_rule"),
    path(f"{POLL}rules/<int:number>/remove/", voters.rule_remove, name="remove_rule"),
    path(f"{POLL}roll/", voters.roll_view, name="view_roll"),
    path(f"{POLL}roll/file/", voters.roll_import, name="import_roll"),
    path(f"{POLL}roll/<uuid:entry>/remove/", voters.entry_remove, name="remove_entry"),
    path(f"{POLL}calendar/", setting_up.calendar_change, name="change_calendar"),
    path(f"{POLL}open/", setting_up.poll_open, name="open_poll"),
    path(f"{POLL}drop/", running.poll_drop, name="drop_poll"),
    path(f"{POLL}slips/print/", setting_up.slips_print, name="print_slips"),
    path(f"{POLL}slips/drop/", running.slips_drop, name="drop_slips"),
    # Two registrars
    path("my/polls/second/", second.poll_agree, name="agree_to_poll"),
    path(SECOND, second.agreement_view, name="view_agreement"),
    path(f"{SECOND}files/<slug:name>/", second.handed_file, name="handed_file"),
    path(f"{SECOND}name/", second.second_name, name="name_second"),
    path(f"{SECOND}drop/", second.second_drop, name="drop_second"),
    path(f"{SECOND}keys/", second.keys_accept, name="accept_keys"),
    path(f"{SECOND}numbers/", second.numbers_accept, name="accept_numbers"),
    path(f"{SECOND}keys/make/", second.keys_offer, name="offer_keys"),
    path(f"{SECOND}papers/", second.papers_accept, name="accept_papers"),
    path(f"{SECOND}leave/", second.poll_leave, name="leave_poll"),
    # Running it
    path(f"{POLL}run/", running.poll_run, name="run_poll"),
    path(f"{POLL}desk/posts/", running.desk_name, name="name_desk"),
    path(f"{POLL}desk/", desk.desk, name="desk"),
    path(ENTRY, desk.desk_entry, name="desk_entry"),
    path(f"{ENTRY}slip/", desk.slip_draw, name="draw_slip"),
    path(f"{ENTRY}hand-paper/", desk.hand_paper_give, name="give_hand_paper"),
    path(f"{ENTRY}claim/", desk.claim_issue, name="issue_claim"),
    path(f"{POLL}slips/sheet/", desk.slip_sheet, name="slip_sheet"),
    path(f"{POLL}slips/return/", running.slips_return, name="return_slips"),
    path(f"{POLL}slips/give-back/<slug:stratum>/", running.slips_give_back, name="give_back_slips"),
    path(f"{POLL}waiting/", admissions.admission_propose, name="propose_admission"),
    path(f"{POLL}waiting/agree/", admissions.admission_confirm, name="confirm_admission"),
    path(f"{POLL}close-issuing/", running.issuing_close, name="close_issuing"),
    path(f"{POLL}open-casting/", running.casting_open, name="open_casting"),
    path(f"{POLL}close/", running.poll_close, name="close_poll"),
    path(f"{POLL}keys/", running.keys_hand_over, name="hand_over_keys"),
    path(f"{POLL}openings/", running.openings_publish, name="publish_openings"),
    path(f"{POLL}publish/", running.result_publish, name="publish_result"),
    path(f"{POLL}broken/", running.broken_declare, name="declare_broken"),
    # Who took a paper
    path(f"{POLL}audit/", auditing.audit_view, name="audit_view"),
    path(f"{POLL}audit/begin/", auditing.audit_begin, name="begin_audit"),
    path(f"{POLL}audit/draw/", auditing.sample_draw, name="draw_sample"),
    path(f"{POLL}audit/sign/", auditing.audit_sign, name="sign_audit"),
    path(f"{POLL}sample/", auditing.sample_view, name="view_sample"),
    path(f"{POLL}sample/proof/", auditing.sample_proof, name="sample_proof"),
    path(f"{POLL}sample/<uuid:entry>/", auditing.sample_answer, name="answer_sample"),
    # Hand papers
    path(f"{POLL}sheets/", sheets.sheet_list, name="sheet_list"),
    path(f"{POLL}sheets/write/<int:order>/<slug:stratum>/", sheets.sheet_enter, name="enter_sheet"),
    path(f"{POLL}sheets/<int:sheet>/confirm/", sheets.sheet_confirm, name="confirm_sheet"),
    path(f"{POLL}sheets/<int:sheet>/drop/", sheets.sheet_drop, name="drop_sheet"),
    path(f"{POLL}sheets/<int:sheet>/photo/<slug:size>/", sheets.sheet_photo, name="sheet_photo"),
]
