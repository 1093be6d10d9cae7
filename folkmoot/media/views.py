"""Hands files out. Who may see one, and at which address, is said by the app it is attached to."""

from http import HTTPStatus

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response

from folkmoot.media.files import open_rendition
from folkmoot.media.models import Attachment


def send(attachment: Attachment, size: str, *, request: HttpRequest | None = None) -> HttpResponseBase:
    """Streams a file of one size; with `request`, a browser that has it already gets 304 without the bytes.

    The browser keeps it for this reader alone and asks each time, so that whoever may no longer see a case no
    longer sees its photos. Raises NotFound for a size that there is not.
    """
    etag = f'"{attachment.sha256}-{size}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}
    if request is not None:
        answer = get_conditional_response(request, etag=etag, response=HttpResponse(headers=headers))
        if answer is not None and answer.status_code != HTTPStatus.OK:
            return answer
    is_photo = attachment.kind == Attachment.Kind.PHOTO
    return FileResponse(
        open_rendition(attachment, size),
        as_attachment=not is_photo,
        filename=f"{attachment.kind}-{attachment.ref.hex[:8]}{'.jpg' if is_photo else '.pdf'}",
        content_type=attachment.content_type,
        headers=headers,
    )
