"""What somebody typed, given back on an error page so that nothing has to be typed twice."""

import re
from dataclasses import dataclass

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, UnreadablePostError

LONG_TEXT = 60
WRITTEN = re.compile(r"\s|[\u3400-\u9fff]")
# A field whose name has one of these words is never written into a page.
SECRET_WORDS = {
    "password", "password1", "password2", "oldpassword", "newpassword", "passcode", "pin",
    "code", "otp", "token", "secret", "credential", "csrfmiddlewaretoken",
}  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """The fields of one POST: short ones to send again unseen, long ones to be seen, files to choose again."""

    path: str
    hidden: tuple[tuple[str, str], ...]
    texts: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str], ...]

    @property
    def has_anything(self) -> bool:
        return bool(self.hidden or self.texts or self.files)


def is_secret(name: str) -> bool:
    return not SECRET_WORDS.isdisjoint(re.split(r"[^a-z0-9]+", name.lower()))


def kept_of(request: HttpRequest) -> Kept | None:
    """What the POST carried; None for other methods or when it cannot be read."""
    if request.method != "POST":
        return None
    try:
        fields = [(name, value) for name, values in request.POST.lists() for value in values]
        files = tuple(
            (name, ", ".join(upload.name or "" for upload in uploads))
            for name, uploads in request.FILES.lists()
        )
    except (BadRequest, SuspiciousOperation, UnreadablePostError, OSError):
        return None
    fields = [(name, str(value)) for name, value in fields if not is_secret(name)]
    return Kept(
        path=request.get_full_path(),
        hidden=tuple(field for field in fields if not _is_text(field[1])),
        texts=tuple(field for field in fields if _is_text(field[1])),
        files=files,
    )


def _is_text(value: str) -> bool:
    """Whether somebody wrote this, rather than chose it: several words, a Chinese text, or much of it."""
    return len(value) > LONG_TEXT or WRITTEN.search(value.strip()) is not None
