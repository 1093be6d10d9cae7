"""How a file leaves the house."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponseBase
from django.test import RequestFactory

from folkmoot.base.actors import VISITOR
from folkmoot.base.errors import NotFound
from folkmoot.media import files
from folkmoot.media.models import Attachment
from folkmoot.media.services import take_document, take_photo
from folkmoot.media.views import send
from tests.media.conftest import photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def picture() -> Attachment:
    return take_photo(actor=VISITOR, upload=SimpleUploadedFile("a.jpg", photo()))


def body(response: HttpResponseBase) -> bytes:
    assert response.streaming
    content = b"".join(response)
    response.close()
    return content


def test_send_streams_one_size(picture: Attachment) -> None:
    response = send(picture, "thumb")
    assert body(response) == files.path_of(picture.ref, "-thumb.jpg").read_bytes()
    assert dict(response.headers) == {
        "Content-Type": "image/jpeg",
        "Content-Length": str(files.path_of(picture.ref, "-thumb.jpg").stat().st_size),
        "Content-Disposition": f'inline; filename="photo-{picture.ref.hex[:8]}.jpg"',
        "ETag": f'"{picture.sha256}-thumb"',
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
    }


def test_send_hands_a_document_out_as_download() -> None:
    document = take_document(actor=VISITOR, upload=SimpleUploadedFile("a.pdf", b"%PDF-1.7"))
    response = send(document, "full")
    assert body(response) == b"%PDF-1.7"
    assert response["Content-Disposition"] == f'attachment; filename="document-{document.ref.hex[:8]}.pdf"'
    assert (response["Content-Type"], response["X-Content-Type-Options"]) == ("application/pdf", "nosniff")


def test_send_answers_304_to_who_has_it(picture: Attachment) -> None:
    etag = f'"{picture.sha256}-full"'
    response = send(picture, "full", request=RequestFactory().get("/", headers={"If-None-Match": etag}))
    assert (response.status_code, response["ETag"], response["Cache-Control"]) == (
        304,
        etag,
        "private, no-cache",
    )
    assert response.content == b""


def test_send_tells_the_sizes_apart(picture: Attachment) -> None:
    etag = f'"{picture.sha256}-full"'
    response = send(picture, "thumb", request=RequestFactory().get("/", headers={"If-None-Match": etag}))
    assert response.status_code == 200
    assert body(response) == files.path_of(picture.ref, "-thumb.jpg").read_bytes()


@pytest.mark.parametrize("size", ["huge", "", "../full"])
def test_send_knows_no_other_size(picture: Attachment, size: str) -> None:
    with pytest.raises(NotFound):
        send(picture, size)


def test_send_of_a_lost_file_is_not_found(picture: Attachment) -> None:
    files.remove(picture.ref)
    with pytest.raises(NotFound):
        send(picture, "full")
