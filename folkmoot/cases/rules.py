"""Who may do what to a case. Predicates without queries: everything they need is on the row or the actor.

Places of the case in view: `handler` is the post it stands with; a post that handled it before sees it still; an
upper post sees only the outline of what is not public. Nobody sees or handles a case about a post that he holds or
serves under.
"""

from rules.predicates import predicate

from folkmoot.base.actors import Actor
from folkmoot.base.permissions import anybody, holds_post, is_clock, is_operator, is_signed_in, permit
from folkmoot.cases.models import Case, JointCall, Nature, Publicity


@predicate
def is_concerned(actor: Actor, case: Case) -> bool:
    """The case is about the actor's post, or about somebody the actor serves under."""
    if actor.post is None or case.about_post_id is None:
        return False
    if case.about_organization_id is not None:
        return actor.post.organization_id == case.about_organization_id
    return actor.post.area_path.startswith(case.about_path)


@predicate
def is_reporter(actor: Actor, case: Case) -> bool:
    if case.ref in actor.claims:
        return True
    return actor.person_id is not None and actor.person_id == case.reporter_id


@predicate
def stands_with(actor: Actor, case: Case) -> bool:
    """The case stands with the actor's post."""
    return actor.post is not None and actor.post.id == case.post_id


@predicate
def entered(actor: Actor, case: Case) -> bool:
    return actor.post is not None and actor.post.id == case.entered_by_id


@predicate
def has_handled(actor: Actor, case: Case) -> bool:
    """The case stood with the actor's post before. Reads the case's rungs (one query unless prefetched)."""
    return actor.post is not None and actor.post.id in {rung.post_id for rung in case.rungs.all()}


@predicate
def is_called_in(actor: Actor, case: Case) -> bool:
    """The actor's organization was called in. Reads the case's calls (one query unless prefetched)."""
    if actor.post is None or actor.post.organization_id is None:
        return False
    return actor.post.organization_id in {call.organization_id for call in case.calls.all()}


@predicate
def is_public(actor: Actor, case: Case) -> bool:
    return case.publicity == Publicity.PUBLIC


@predicate
def shows_summary(actor: Actor, case: Case) -> bool:
    return case.shows_summary


@predicate
def is_above(actor: Actor, case: Case) -> bool:
    """An upper handling post, without an organization of its own, whose area covers the case."""
    post = actor.post
    return (
        post is not None
        and post.level_rank < case.rung_rank
        and post.handles_cases
        and post.covers(case.area_path)
    )


@predicate
def is_next_above(actor: Actor, case: Case) -> bool:
    """An upper post that can judge an appeal: covers the case from a higher rung."""
    return bool(is_above.test(actor, case))


@predicate
def is_independent(actor: Actor, case: Case) -> bool:
    """Not the handler, and never was: may call back."""
    if actor.post is None or not actor.post.handles_cases or not actor.post.covers(case.area_path):
        return False
    was_part = {rung.post_id for rung in case.rungs.all()} | {case.post_id}
    held = {rung.holder_id for rung in case.rungs.all()}
    return actor.post.id not in was_part and actor.person_id not in held


@predicate
def is_no_right(actor: Actor, case: Case) -> bool:
    return case.nature != Nature.RIGHT


@predicate
def mans_desk(actor: Actor) -> bool:
    """Holds a handling post: every chief, secretary and officer takes matters at the counter and by phone."""
    return actor.post is not None and actor.post.handles_cases


@predicate
def answers_call(actor: Actor, call: JointCall) -> bool:
    return actor.post is not None and actor.post.organization_id == call.organization_id


@predicate
def made_call(actor: Actor, call: JointCall) -> bool:
    return actor.post is not None and actor.post.id == call.called_by_id


handles = stands_with & ~is_concerned
reads = is_reporter | is_public | ((stands_with | entered | has_handled | is_called_in) & ~is_concerned)
views = reads | shows_summary | (is_above & ~is_concerned)

permit("cases.report_case", who=anybody)
permit("cases.enter_case", who=mans_desk)
permit("cases.view_cases", who=anybody)
permit("cases.view_case", who=anybody, on=views)
permit("cases.read_case", who=anybody, on=reads)
permit("cases.claim_case", who=anybody)
permit("cases.follow_case", who=is_signed_in, on=is_public | shows_summary | reads)
permit("cases.list_cases", who=holds_post)
permit("cases.export_cases", who=holds_post)
permit("cases.view_figures", who=anybody)

permit("cases.assign_case", who=anybody)
permit("cases.sign_for_case", who=holds_post, on=handles)
permit("cases.contact_case", who=holds_post, on=handles)
permit(
    "cases.note_case", who=anybody, on=is_reporter | handles | ((has_handled | is_called_in) & ~is_concerned)
)
permit("cases.escalate_case", who=holds_post, on=handles)
permit("cases.climb_case", who=is_clock)
permit("cases.hand_over_case", who=holds_post, on=handles)
permit("cases.refer_case", who=holds_post, on=handles)
permit("cases.pause_case", who=holds_post, on=handles)
permit("cases.resume_case", who=holds_post | is_clock, on=handles | is_clock)
permit("cases.answer_case", who=holds_post, on=handles)
permit("cases.decline_case", who=holds_post, on=handles & is_no_right)
permit("cases.call_in_case", who=holds_post, on=handles)
permit("cases.answer_call", who=holds_post, on=answers_call)
permit("cases.mark_absent_call", who=is_clock)
permit("cases.rate_call", who=holds_post, on=made_call)
permit("cases.summarise_case", who=holds_post, on=handles)
permit("cases.approve_summary", who=anybody, on=is_reporter)
permit("cases.restrict_case", who=anybody, on=is_reporter | handles)
permit("cases.read_contact", who=holds_post, on=handles)
permit("cases.propose_join", who=holds_post, on=handles)
permit("cases.join_case", who=anybody, on=is_reporter)

permit("cases.close_case", who=anybody, on=is_reporter)
permit("cases.close_silent_case", who=is_clock)
permit("cases.call_back_case", who=holds_post, on=is_independent & ~is_concerned)
permit("cases.reopen_case", who=anybody, on=is_reporter)
permit("cases.withdraw_case", who=anybody, on=is_reporter)
permit("cases.appeal_case", who=anybody, on=is_reporter)
permit("cases.decide_appeal", who=holds_post, on=is_next_above & ~is_concerned)
permit("cases.resettle_case", who=holds_post | is_operator | is_clock)

permit("cases.use_open311", who=anybody)
permit("cases.report_open311", who=anybody)
permit("cases.issue_api_key", who=is_operator)
permit("cases.revoke_api_key", who=is_operator)
