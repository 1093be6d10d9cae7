"""Whether a poll is about a post that somebody holds or serves under."""

from collections.abc import Iterable

from folkmoot.ballots.models import Paper, Poll
from folkmoot.base.actors import HeldPost
from folkmoot.people.queries import holders_by_post, posts_held, signers_of


def is_about_superior(person_id: int | None, poll: Poll) -> bool:
    """The same of a whole poll. Reads its papers unless prefetched, and the posts of the person."""
    return is_about_superior_of(person_id, poll.papers.all())


def is_about_superior_of(person_id: int | None, papers: Iterable[Paper]) -> bool:
    """Whether one of `papers` is about a post that the person holds, or under which one of her posts serves."""
    about = [paper for paper in papers if paper.about_post_id is not None]
    if person_id is None or not about:
        return False
    return any(_serves_under(held, paper) for held in posts_held(person_id) for paper in about)


def is_in_circle(person_id: int | None, poll: Poll) -> bool:
    """Whether somebody holds a post in the poll's place, above it or within it, at its desk, or is concerned."""
    if person_id is None:
        return False
    held, desks, path = posts_held(person_id), {post.pk for post in poll.desks.all()}, poll.area.path
    return is_about_superior(person_id, poll) or any(
        post.id in desks or post.area_path.startswith(path) or path.startswith(post.area_path)
        for post in held
    )


def _serves_under(held: HeldPost, paper: Paper) -> bool:
    if held.id == paper.about_post_id:
        return True
    if paper.about_organization_id is not None and held.organization_id == paper.about_organization_id:
        return True
    return bool(paper.about_path) and held.area_path.startswith(paper.about_path)


def organisers_of(poll: Poll) -> list[int]:
    """Ids of those who hold the organising post or lead above it today, and whom the poll is not about."""
    held = holders_by_post([poll.post_id]).get(poll.post_id, [])
    return sorted(each for each in {*held, *signers_of(poll.post)} if not is_about_superior(each, poll))
