"""Which message goes to whom after which act. Channels carries them: it registers `notice` in `deliver`."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from folkmoot.base import registries
from folkmoot.base.errors import Sentence
from folkmoot.people.models import Post

TEXTS: dict[str, tuple[Sentence, Sentence]] = {
    "people.appointment_to_confirm": (
        _("An appointment waits for a second person: %(post)s"),
        _("Somebody is proposed as %(post)s. It needs one more person of the level above: perhaps you."),
    ),
    "people.appointed": (
        _("You are appointed: %(post)s"),
        _("From %(since)s you serve as %(post)s. What is open with the post is yours from that day."),
    ),
    "people.tenure_ended": (
        _("Your time as %(post)s ends"),
        _("Your time as %(post)s ends on %(until)s. Thank you for it."),
    ),
    "people.deputy_named": (
        _("You stand in as %(post)s"),
        _("From %(since)s until %(until)s you stand in as %(post)s."),
    ),
    "people.post_closed": (
        _("The post %(post)s is closed"),
        _("Boundaries were drawn anew, and %(post)s was joined with another post."),
    ),
    "people.emergency_begun": (
        _("The operator acts as %(post)s"),
        _("In an emergency the operator acts as %(post)s until %(until)s. Each step is in the journal."),
    ),
    "people.resident_waits": (
        _("Somebody says: I live here"),
        _("Somebody says to live at %(household)s. Please say whether that is so."),
    ),
    "people.resident_confirmed": (
        _("Your household is confirmed"),
        _("You belong to the household %(household)s now and see what is kept of it."),
    ),
    "people.note_read": (
        _("A sealed note on your household was read"),
        _("%(post)s has read the sealed note on your household. Its purpose: %(purpose)s"),
    ),
    "people.household_linked": (
        _("Somebody looks after your household now"),
        _(
            "From today your household is linked with somebody who serves as %(post)s. "
            "On the page of your household you see who it is, and you can end it at any time without saying why."
        ),
    ),
    "people.linked_to_household": (
        _("You look after a household now"),
        _("From today you look after the household %(household)s. You and the household can each end that."),
    ),
    "people.link_ended": (
        _("A household has ended its link with you"),
        _("The household %(household)s has ended its link with you. It need not say why."),
    ),
}


def tell(notice: str, people: Iterable[int], *, url: str, origin: str, **params: Any) -> None:
    """Writes a message to each of `people` inside the act's transaction."""
    if "notice" in registries.deliver:
        registries.deliver["notice"](people=people, notice=notice, params=params, url=url, origin=origin)


def tell_of_post(notice: str, people: Iterable[int], post: Post, **params: Any) -> None:
    """The same about a post: with its title, and the way to its page."""
    url = reverse("people:post", kwargs={"pk": post.pk})
    tell(notice, people, url=url, origin=f"post:{post.pk}", post=[post.title, post.title_zh], **params)
