"""What the registrar's door answers when it does not do what it was asked: problem details, readable from any origin.

The address stands in none of them: a bad code gets the same bytes at every paper.
"""

from django.http import HttpRequest, HttpResponse

from folkmoot.ui.errors import problem
from folkmoot.ui.troubles import Trouble

ROOT = "/papers/"


def answer_trouble(_request: HttpRequest, trouble: Trouble) -> HttpResponse:
    """Any trouble under the path of the registrar. Registered in base.registries.error_forms."""
    return readable_anywhere(problem(trouble, ROOT))


def readable_anywhere(response: HttpResponse) -> HttpResponse:
    """The booth may be served by somebody else; what it asks with is a code, never a cookie."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "no-store"
    return response
