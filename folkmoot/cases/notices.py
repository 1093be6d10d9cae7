"""Which message goes to whom after which act. All who took part are told each step; the actor is not."""

from collections.abc import Collection, Iterable

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from folkmoot.base.actors import Actor
from folkmoot.cases.models import Case, CaseEvent, CaseFollower
from folkmoot.channels.notices_text import register_notice
from folkmoot.channels.services import notify
from folkmoot.people.queries import head_posts, holders_by_post

# act: (to the reporter, to the holders of the post that now has it, to the others who took part)
TABLE: dict[str, tuple[str, str, str]] = {
    "report": ("case.received", "", ""),
    "assign": ("", "case.yours", ""),
    "sign_for": ("case.signed_for", "", ""),
    "contact": ("case.contacted", "", "case.moved_on"),
    "note": ("case.noted", "case.noted", "case.noted"),
    "escalate": ("case.went_up", "case.yours", "case.moved_on"),
    "climb": ("case.climbed", "case.yours", "case.climbed"),
    "stuck": ("case.stuck", "case.stuck_with_you", "case.stuck"),
    "hand_over": ("case.handed_over", "case.yours", "case.moved_on"),
    "refer": ("case.referred", "case.yours", "case.moved_on"),
    "pause": ("case.paused", "", "case.moved_on"),
    "resume": ("case.resumed", "case.resumed", "case.moved_on"),
    "call_in": ("case.called_in", "", "case.moved_on"),
    "call_answer": ("case.call_answered", "case.call_answered", "case.moved_on"),
    "call_absent": ("", "case.call_absent", ""),
    "answer": ("case.answered", "", "case.moved_on"),
    "decline": ("case.declined", "", "case.moved_on"),
    "appeal": ("", "case.appealed", "case.moved_on"),
    "reject_appeal": ("case.appeal_rejected", "case.moved_on", "case.moved_on"),
    "uphold_appeal": ("case.appeal_upheld", "case.yours", "case.moved_on"),
    "close": ("", "case.closed", "case.closed"),
    "call_back": ("case.called_back", "case.closed", "case.closed"),
    "close_silent": ("case.closed_silent", "case.closed", "case.closed"),
    "reopen": ("case.reopened", "case.yours_again", "case.moved_on"),
    "withdraw": ("", "case.withdrawn", "case.withdrawn"),
    "summarise": ("case.approve_summary", "", ""),
    "read_contact": ("case.contact_read", "", ""),
    "propose_join": ("case.join_proposed", "", ""),
    "join": ("", "case.withdrawn", "case.withdrawn"),
    "resettle": ("case.resettled", "case.yours", ""),
}

TEXTS = {
    "case.received": (_("We have your report %(number)s"), _("Thank you. Your report %(number)s is stored. You will hear of every step.")),
    "case.yours": (_("A matter for you: %(number)s"), _("Matter %(number)s (%(category)s) stands with you now, as %(post)s. Please sign for it.")),
    "case.yours_again": (_("Not solved, now with you: %(number)s"), _("The reporter says that matter %(number)s (%(category)s) is not solved. It stands with you now, as %(post)s.")),
    "case.signed_for": (_("Somebody is on your matter %(number)s"), _("%(post)s has signed for your matter %(number)s.")),
    "case.contacted": (_("News on your matter %(number)s"), _("%(post)s has looked into your matter %(number)s and wrote what was found.")),
    "case.noted": (_("A new line on matter %(number)s"), _("There is a new line on matter %(number)s.")),
    "case.moved_on": (_("Matter %(number)s has moved on"), _("There is news on matter %(number)s (%(category)s), in which you take part.")),
    "case.went_up": (_("Your matter %(number)s went up one level"), _("Your matter %(number)s was handed up with a reason. It stands with %(post)s now.")),
    "case.climbed": (_("Matter %(number)s went up by itself"), _("A term has passed or a post was vacant, so matter %(number)s went up by itself. It stands with %(post)s now.")),
    "case.stuck": (_("Matter %(number)s is overdue on the highest level"), _("Matter %(number)s has missed its term on the highest level. It stays open and is shown as overdue.")),
    "case.stuck_with_you": (_("Overdue with you: %(number)s"), _("Matter %(number)s (%(category)s) has missed its term with you, and nobody stands above you.")),
    "case.handed_over": (_("Your matter %(number)s is with somebody else now"), _("%(post)s has your matter %(number)s now. The term stays the same.")),
    "case.referred": (_("Your matter %(number)s was referred"), _("Your matter %(number)s was referred to those who decide about it: %(post)s.")),
    "case.paused": (_("Your matter %(number)s waits"), _("Work on your matter %(number)s is paused. The page says why and until when.")),
    "case.resumed": (_("Matter %(number)s goes on"), _("The pause of matter %(number)s is over.")),
    "case.called_in": (_("More help for your matter %(number)s"), _("%(organization)s was called in for your matter %(number)s.")),
    "case.call_for_you": (_("You are called in: %(number)s"), _("%(organization)s is called in for matter %(number)s (%(category)s). Please answer within the term on the page.")),
    "case.call_answered": (_("%(organization)s has answered in matter %(number)s"), _("%(organization)s wrote what it did in matter %(number)s.")),
    "case.call_absent": (_("%(organization)s did not answer in matter %(number)s"), _("%(organization)s was called in for matter %(number)s and did not answer in its term.")),
    "case.answered": (_("Is it solved? Your matter %(number)s"), _("%(post)s has answered your matter %(number)s. Please say whether it is solved: only you can close it.")),
    "case.declined": (_("Your matter %(number)s was declined"), _("%(post)s will not handle your matter %(number)s and wrote why. You can appeal to the level above.")),
    "case.appealed": (_("An appeal in matter %(number)s"), _("The reporter of matter %(number)s asks the level above to look at it.")),
    "case.appeal_rejected": (_("The appeal in matter %(number)s was not upheld"), _("The level above has looked at matter %(number)s and wrote why it stays declined.")),
    "case.appeal_upheld": (_("Your appeal in matter %(number)s was upheld"), _("Your matter %(number)s goes on. It stands with %(post)s now.")),
    "case.closed": (_("Matter %(number)s is closed"), _("Matter %(number)s (%(category)s) is closed.")),
    "case.called_back": (_("Your matter %(number)s is closed"), _("After the call with you, matter %(number)s is closed. You can reopen it.")),
    "case.closed_silent": (_("Your matter %(number)s was closed after some quiet days"), _("We have not heard from you, so matter %(number)s was closed. If it is not solved, reopen it: one step on its page.")),
    "case.reopened": (_("Your matter %(number)s is open again"), _("Your matter %(number)s stands one level higher now, with somebody else: %(post)s.")),
    "case.withdrawn": (_("Matter %(number)s needs no more work"), _("The reporter has ended matter %(number)s (%(category)s).")),
    "case.approve_summary": (_("May everybody read this? Matter %(number)s"), _("%(post)s has written a short public summary of your matter %(number)s. It is shown only if you agree.")),
    "case.contact_read": (_("Your name was read in matter %(number)s"), _("%(post)s has opened your name and phone in matter %(number)s, as you had allowed.")),
    "case.join_proposed": (_("The same matter? %(number)s"), _("%(post)s thinks that your matter %(number)s was reported before. You decide whether they are joined.")),
    "case.resettled": (_("The map changed: matter %(number)s"), _("Boundaries were drawn anew. Your matter %(number)s stays open, with %(post)s.")),
}  # fmt: skip


def register() -> None:
    """Makes the texts known to the channels. Called when the app is ready."""
    for name, (subject, body) in TEXTS.items():
        register_notice(name, subject, body)


def tell(case: Case, event: CaseEvent, *, actor: Actor, holder_ids: Collection[int] | None = None) -> None:
    """Writes the messages of one line of the timeline into the outbox, inside the act's transaction."""
    to_reporter, to_handler, to_others = TABLE.get(event.act, ("", "", ""))
    told: set[int | None] = {None, actor.person_id}
    if event.act == "call_in" and event.organization is not None:
        heads = _holders([post.pk for post in head_posts([event.organization.pk])])
        _send(case, event, "case.call_for_you", heads, told)
    if to_reporter and not (event.is_private and event.act == "note"):
        _send(case, event, to_reporter, [case.reporter_id], told)
    if to_handler and case.post_id is not None:
        _send(case, event, to_handler, _holders([case.post_id]) if holder_ids is None else holder_ids, told)
    if to_others and not event.is_private:
        _send(case, event, to_others, _others(case), told)


def _others(case: Case) -> list[int]:
    """Followers, the posts it stood with, the heads of the organizations called in."""
    posts = list(case.rungs.values_list("post_id", flat=True))
    organizations = list(case.calls.values_list("organization_id", flat=True))
    if organizations:
        posts += [post.pk for post in head_posts(organizations)]
    followers = CaseFollower.objects.filter(case=case).values_list("person_id", flat=True)
    return [*_holders(posts), *followers]


def _holders(post_ids: list[int]) -> list[int]:
    return [person for people in holders_by_post(post_ids).values() for person in people]


def _send(
    case: Case, event: CaseEvent, notice: str, people: Iterable[int | None], told: set[int | None]
) -> None:
    """One notice to those who have not been told of this line yet."""
    fresh = [person for person in dict.fromkeys(people) if person not in told]
    if not fresh:
        return
    told.update(fresh)
    notify(
        people=[person for person in fresh if person is not None],
        notice=notice,
        params=_params(case, event),
        url=reverse("cases:case_view", args=[case.number]),
        origin=case.ref,
    )


def _params(case: Case, event: CaseEvent) -> dict[str, object]:
    """What a text may name: never a person, never the words of the report."""
    return {
        "number": case.number,
        "category": case.category,
        "post": event.to_post or case.post or "",
        "organization": event.organization or "",
    }
