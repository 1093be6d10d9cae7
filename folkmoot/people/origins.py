"""Title and address of this app's things, for rows of lower apps that name them by kind and reference."""

from django.urls import reverse

from folkmoot.people.queries import find_post


def post_origin(reference: str) -> tuple[str, str] | None:
    """`post:41` becomes the title of the post and the address of its page."""
    post = find_post(reference)
    return (str(post), reverse("people:post", kwargs={"pk": post.pk})) if post else None
