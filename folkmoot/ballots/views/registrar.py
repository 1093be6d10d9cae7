"""The registrar's door: papers for a claim, tokens for blinded messages. No cookie, no session, no record.

POST /papers/                       header `Authorization: Claim <code>`; what the code is good for
POST /papers/<id>/<stratum>/        a TokenRequest of RFC 9578, answered by a TokenResponse
POST /papers/batch/                 several at once, all or none
"""

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils.translation import gettext_lazy as _
from folkmoot_kernel.encoding import b64u, unb64u
from folkmoot_kernel.errors import KernelError
from folkmoot_kernel.tokens import TokenRequest

from folkmoot.ballots import queries
from folkmoot.ballots.models import in_words
from folkmoot.ballots.problems import readable_anywhere
from folkmoot.ballots.services import Asked, BadClaim, take_papers
from folkmoot.base.doors import Request, View, door
from folkmoot.base.errors import FolkmootError

REQUEST_TYPE = "application/private-token-request"
RESPONSE_TYPE = "application/private-token-response"
MOST_AT_ONCE = 60
DAY_SECONDS = 86_400


class Unreadable(FolkmootError):
    """What was sent is no request for a token."""

    sentence = _("This is not a request for a paper as this address takes it.")
    status = 400


def registrar(view: Callable[..., HttpResponse]) -> View:
    """A door of the registrar: POST from any origin, and the question that browsers ask before it."""

    def ask(request: Request, /, **path: str) -> HttpResponse:
        if request.method == "OPTIONS":
            return readable_anywhere(_preflight())
        if request.method != "POST":
            return readable_anywhere(HttpResponseNotAllowed(["POST", "OPTIONS"]))
        return readable_anywhere(view(request, **path))

    asked = door("ballots.take_paper")(ask)
    asked.csrf_exempt = True  # type: ignore[attr-defined]  # it trusts no cookie
    return asked


def _preflight() -> HttpResponse:
    return HttpResponse(
        status=204,
        headers={
            "Access-Control-Allow-Methods": "POST",
            "Access-Control-Allow-Headers": "authorization, content-type",
            "Access-Control-Max-Age": str(DAY_SECONDS),
        },
    )


@registrar
def papers_offered(request: Request) -> HttpResponse:
    """What a claim is good for: the paper leaves as the log has them, and what was taken already."""
    entry = queries.entry_of_claim(_code(request))
    if entry is None:
        raise BadClaim()
    poll, head = entry.poll, entry.stratum.votes_in
    assert head is not None
    told = queries.told_to(entry) or None
    return JsonResponse({
        "poll": poll.code,
        "name": in_words(poll.name, poll.name_zh),
        "secrecy": queries.secrecy(poll),
        "teller": poll.teller,
        "box": queries.box_origin(poll),
        "verifier_key": poll.log_key,
        "papers": [
            {
                "leaf": b64u(bytes(offered.paper.leaf)), "id": offered.paper.leaf_hash, "stratum": head.code,
                "channel_taken": offered.taken, "sentence": told,
            }
            for offered in queries.papers_offered(entry)
        ],
    })  # fmt: skip


@registrar
def paper_take(request: Request, paper: str, stratum: str) -> HttpResponse:
    """One token. The body is a TokenRequest, the answer a TokenResponse; the same again gets the same."""
    asked = Asked(paper, stratum, _token_request(request.body))
    answer = take_papers(actor=request.actor, code=_code(request), asked=[asked])[0]
    return HttpResponse(answer, content_type=RESPONSE_TYPE)


@registrar
def papers_take(request: Request) -> HttpResponse:
    """Several tokens, all of them or none."""
    try:
        rows = json.loads(request.body)["requests"]
        asked = [
            Asked(_text(row["paper"]), _text(row["stratum"]), _from_text(row["request"])) for row in rows
        ]
    except (ValueError, KeyError, TypeError):
        raise Unreadable() from None
    if not 0 < len(asked) <= MOST_AT_ONCE:
        raise Unreadable()
    answers = take_papers(actor=request.actor, code=_code(request), asked=asked)
    return JsonResponse({"responses": [*map(b64u, answers)]})


def _code(request: HttpRequest) -> str:
    """The bearer code. Raises BadClaim without one."""
    kind, _space, code = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "claim" or not code.isascii():
        raise BadClaim()
    return code


def _token_request(data: bytes) -> TokenRequest:
    try:
        return TokenRequest.parse(data)
    except KernelError:
        raise Unreadable() from None


def _from_text(text: Any) -> TokenRequest:
    try:
        return _token_request(unb64u(_text(text)))
    except KernelError:
        raise Unreadable() from None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Unreadable()
    return value
