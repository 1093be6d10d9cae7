"""Who may do what in a poll. Nobody has any role in a poll about a post that he holds or serves under.

Whoever leads the poll's area or one above it organises it; the posts it names man its desk. What one voter does
(claim, slip, paper) is allowed here and recorded nowhere.
"""

from rules.predicates import predicate

from folkmoot.areas.models import Area
from folkmoot.ballots.models import Paper, Poll, RollEntry
from folkmoot.ballots.queries.auditing import is_audited_by
from folkmoot.ballots.queries.concern import is_about_superior, is_about_superior_of, is_in_circle
from folkmoot.ballots.states import PollState
from folkmoot.base.actors import Actor
from folkmoot.base.permissions import anybody, holds_post, is_clock, is_signed_in, permit
from folkmoot.people.models import LEADING_ROLES


@predicate
def leads(actor: Actor) -> bool:
    """Holds a post that leads an area, and is not the operator."""
    return actor.post is not None and actor.post.role in LEADING_ROLES and not actor.is_operator


@predicate
def leads_area(actor: Actor, area: Area) -> bool:
    return actor.post is not None and actor.post.covers(area.path)


@predicate
def organises(actor: Actor, poll: Poll) -> bool:
    """Leads the poll's area or one above it."""
    return bool(leads.test(actor)) and actor.post is not None and actor.post.covers(poll.area.path)


@predicate
def mans_desk(actor: Actor, poll: Poll) -> bool:
    """Organises the poll, or holds a post that it names for its desk. Reads the desks unless prefetched."""
    if organises.test(actor, poll):
        return True
    return actor.post is not None and actor.post.id in {post.pk for post in poll.desks.all()}


@predicate
def is_concerned(actor: Actor, poll: Poll) -> bool:
    """Holds a post that the poll is about, or serves under one. Reads the papers and the actor's posts."""
    return is_about_superior(actor.person_id, poll)


@predicate
def asks_freely(actor: Actor, paper: Paper) -> bool:
    """Organises the poll, and neither it nor this new paper is about a post that he holds or serves under."""
    poll = paper.poll
    is_free = (
        not poll.is_elsewhere
        and not is_concerned.test(actor, poll)
        and not is_about_superior_of(actor.person_id, [paper])
    )
    return is_free and bool(organises.test(actor, poll))


@predicate
def is_own(actor: Actor, entry: RollEntry) -> bool:
    return actor.person_id is not None and actor.person_id == entry.person_id


@predicate
def serves_at_desk(actor: Actor, entry: RollEntry) -> bool:
    """Mans the desk of a poll that is not about a post that he holds or serves under. An open poll has no desk."""
    if entry.poll.is_open:
        return False
    return bool(mans_desk.test(actor, entry.poll)) and not is_concerned.test(actor, entry.poll)


@predicate
def is_observer(actor: Actor, poll: Poll) -> bool:
    """Asks the sample of the poll, and has not come into a post in its circle since."""
    is_free = not actor.is_operator and is_audited_by(actor.person_id, poll)
    return is_free and not is_in_circle(actor.person_id, poll)


@predicate
def is_public(actor: Actor, poll: Poll) -> bool:
    return poll.state != PollState.DRAFT


@predicate
def is_elsewhere(_actor: Actor, poll: Poll) -> bool:
    """Another place organises it: here only the roll is filled, and codes are given out."""
    return poll.is_elsewhere


gives = organises & ~is_concerned
runs = gives & ~is_elsewhere
takes_part = gives & is_elsewhere
serves = mans_desk & ~is_concerned
counts = serves & ~is_elsewhere

permit("ballots.view_poll", who=anybody, on=is_public | serves)
permit("ballots.view_roll", who=holds_post, on=serves)

# Setting up
permit("ballots.set_up_poll", who=leads, on=leads_area)
permit("ballots.change_poll", who=leads, on=runs)
permit("ballots.add_paper", who=leads, on=asks_freely)
permit("ballots.remove_paper", who=leads, on=runs)
permit("ballots.add_stratum", who=leads, on=runs)
permit("ballots.change_stratum", who=leads, on=runs)
permit("ballots.remove_stratum", who=leads, on=runs)
permit("ballots.add_rule", who=leads, on=runs)
permit("ballots.remove_rule", who=leads, on=runs)
permit("ballots.fill_roll", who=leads, on=gives)
permit("ballots.import_roll", who=leads, on=gives)
permit("ballots.remove_entry", who=leads, on=gives)
permit("ballots.print_slips", who=leads, on=runs)
permit("ballots.drop_slips", who=leads, on=runs)
permit("ballots.name_desk", who=leads, on=gives)
permit("ballots.drop_poll", who=leads, on=gives)
permit("ballots.open_poll", who=leads, on=runs)

# Two registrars: here as the organiser, then as the second
permit("ballots.name_second", who=leads, on=runs)
permit("ballots.drop_second", who=leads, on=runs)
permit("ballots.accept_keys", who=leads, on=runs)
permit("ballots.accept_numbers", who=leads, on=runs)
permit("ballots.view_agreement", who=leads, on=gives)
permit("ballots.agree_to_poll", who=leads, on=leads_area)
permit("ballots.offer_keys", who=leads, on=takes_part)
permit("ballots.accept_papers", who=leads, on=takes_part)
permit("ballots.leave_poll", who=leads | is_clock, on=takes_part | is_clock)

# Giving out papers
permit("ballots.issue_claim", who=is_signed_in, on=is_own | serves_at_desk)
permit("ballots.draw_slip", who=holds_post, on=serves_at_desk)
permit("ballots.give_hand_paper", who=holds_post, on=serves_at_desk)
permit("ballots.take_paper", who=anybody)
permit("ballots.return_slips", who=holds_post, on=counts)
permit("ballots.begin_audit", who=leads, on=runs)
permit("ballots.draw_sample", who=leads, on=runs)
permit("ballots.view_sample", who=is_signed_in, on=is_observer)
permit("ballots.answer_sample", who=is_signed_in, on=is_observer)
permit("ballots.sign_audit", who=is_signed_in, on=is_observer)
permit("ballots.give_back_slips", who=leads, on=runs)
permit("ballots.close_issuing", who=leads | is_clock, on=gives | is_clock)

# Those who wait in an open poll: two organisers, one after the other
permit("ballots.tell_of_waiting", who=is_clock)
permit("ballots.propose_admission", who=leads, on=runs)
permit("ballots.confirm_admission", who=leads, on=runs)

# Voting, closing, counting
permit("ballots.open_casting", who=leads | is_clock, on=runs | is_clock)
permit("ballots.close_poll", who=leads | is_clock, on=runs | is_clock)
permit("ballots.hand_over_keys", who=leads, on=runs)
permit("ballots.enter_sheet", who=holds_post, on=counts)
permit("ballots.confirm_sheet", who=holds_post, on=counts)
permit("ballots.drop_sheet", who=holds_post, on=counts)
permit("ballots.publish_openings", who=leads | is_clock, on=runs | is_clock)
permit("ballots.publish_result", who=leads | is_clock, on=runs | is_clock)
permit("ballots.declare_broken", who=leads, on=runs)
permit("ballots.fill_key_pool", who=is_clock)
permit("ballots.forget_samples", who=is_clock)
