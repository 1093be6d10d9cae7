"""The registrar's door: acts of the poll, each of which may be repeated and then answers the same.

Every function runs in the desk's thread and raises Problem: conflict (what it asks cannot be now), malformed.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from folkmoot_kernel.cells import stepped
from folkmoot_kernel.encoding import b64u, unb64u
from folkmoot_kernel.errors import KernelError
from folkmoot_kernel.leaves import list_root
from folkmoot_kernel.merkle import HASH_BYTES, leaf_hash
from folkmoot_kernel.notes import Signature
from folkmoot_kernel.papers import Paper

from folkmoot.ballots.box import places
from folkmoot.ballots.box.desk import Desk
from folkmoot.ballots.box.polls import Cell, Poll
from folkmoot.ballots.box.problems import Problem
from folkmoot.ballots.box.store import ballots as ballot_rows
from folkmoot.ballots.box.store import polls as poll_rows

Given = Mapping[str, Any]
Found = dict[str, Any]

RESERVED: Final = ("cast", "control", "booth", "verify")  # paths of the box that no poll may be called


def create_poll(desk: Desk, given: Given) -> Found:
    """Begin a log with its papers. Shapes: poll, papers, slips by root, roll_size."""
    name, size = given["poll"], given["roll_size"]
    papers = [Paper.decode(unb64u(leaf)) for leaf in given["papers"]]
    slips = {unb64u(root): [unb64u(each) for each in hashes] for root, hashes in given["slips"].items()}
    require_papers(desk, name, papers, slips)
    if not isinstance(size, int) or size < 0:
        raise Problem("malformed")
    with desk.writing() as polls:
        if poll := polls.by_name.get(name):
            if list(poll.sittings) != [paper.id for paper in papers] or poll.roll_size != size:
                raise Problem("conflict", "there is another poll of this name")
        else:
            poll_rows.create(desk.database, name, papers, list(slips.values()), size)
            poll_rows.name_witnesses(desk.database, name, desk.config.witnesses)
    return published(desk, name)


def require_papers(
    desk: Desk, name: object, papers: Sequence[Paper], slips: Mapping[bytes, Sequence[bytes]]
) -> None:
    wanted = {s.slip.root: s.slip.printed for paper in papers for s in paper.strata if s.slip}
    if not papers or any(paper.poll != name for paper in papers) or name in RESERVED:
        raise Problem("conflict", "its papers are not of this poll")
    if len({paper.id for paper in papers}) != len(papers):
        raise Problem("conflict", "one of its papers comes twice")
    if any(paper.box != desk.config.host for paper in papers):
        raise Problem("conflict", f"its papers name another box than {desk.config.host}")
    if {root: len(set(hashes)) for root, hashes in slips.items()} != wanted or any(
        list_root(hashes) != root or {*map(len, hashes)} != {HASH_BYTES} for root, hashes in slips.items()
    ):
        raise Problem("conflict", "the lists of slips are not those of its papers")


def published(desk: Desk, name: str) -> Found:
    """Write the files, and say what the registrar keeps."""
    poll = desk.poll(name)
    publication = desk.publication(poll)
    publication.publish(desk.database)
    return {
        "origin": poll.origin,
        "verifier_key": poll.key.verifier.vkey,
        "checkpoint": publication.checkpoint.decode(),
    }


def cell_of(poll: Poll, paper: str, stratum: str, channel: str) -> Cell:
    name = unb64u(paper)
    for cell in poll.cells:
        if (cell.paper.id, cell.stratum.id, cell.channel) == (name, stratum, channel):
            return cell
    raise Problem("not-found")


def open_casting(desk: Desk, name: str, given: Given) -> Found:
    """The word that voting is open, for one paper or for all. The calendar's times hold as well."""
    desk.poll(name)
    with desk.writing() as polls:
        poll = polls.by_name[name]
        chosen = [*poll.sittings] if given["paper"] == "*" else [unb64u(given["paper"])]
        for paper in chosen:
            sitting = poll.sittings.get(paper)
            if sitting is None:
                raise Problem("not-found")
            if sitting.paper.calendar.is_two_phase and not sitting.is_issued:
                raise Problem("conflict", "the log does not yet say how many papers were taken")
            if poll.is_closed and not sitting.is_casting:
                raise Problem("conflict", "the poll is closed")
            if not sitting.is_casting:
                poll_rows.set_paper(desk.database, paper, "is_casting", 1)
    return published(desk, name)


def append_leaves(desk: Desk, name: str, given: Given) -> Found:
    """Append issued, void, close, opening, spoiled, result and broken, each in its place; again: nothing happens."""
    desk.poll(name)
    leaves = [unb64u(leaf) for leaf in given["leaves"]]
    with desk.writing() as polls:
        poll = polls.by_name[name]
        fresh = [
            leaf
            for leaf in dict.fromkeys(leaves)
            if ballot_rows.number_of(desk.database, name, leaf_hash(leaf)) is None
        ]
        places.Places(desk.database, poll).take(fresh)
        desk.append(poll, fresh)
    return published(desk, name)


def keep_cosignature(desk: Desk, name: str, given: Given) -> Found:
    """Publish what a witness of this log has signed. Refuses what does not fit the newest checkpoint."""
    signature = Signature.parse(given["line"].removesuffix("\n"))
    return {"kept": desk.publication(desk.poll(name)).cosign(signature)}


def void_slips(desk: Desk, name: str, given: Given) -> Found:
    """Refuse slips from now on; tells of those that have voted already, and are not voided."""
    cell = cell_of(desk.poll(name), given["paper"], given["stratum"], "slip")
    hashes = [unb64u(each) for each in given["hashes"]]
    with desk.writing() as polls:
        _, cell = polls.by_cell[cell.number]
        if not cell.slips.issuperset(hashes):
            raise Problem("conflict", "a slip was not printed for this paper")
        voted = ballot_rows.slips_voted(desk.database, cell.number)
        poll_rows.void(desk.database, cell, [each for each in hashes if each not in voted])
    desk.refresh()
    return {"voted": [b64u(each) for each in sorted(voted.intersection(hashes))]}


def close_poll(desk: Desk, name: str, _given: Given) -> Found:
    """No ballot from now on; what waits is the last batch. Tells how many keys each cell accepted."""
    desk.poll(name)
    desk.shut(name)
    published(desk, name)
    return counts(desk, desk.poll(name), step=1)


def counts(desk: Desk, poll: Poll, *, step: int = 0) -> Found:
    """Accepted keys by paper, stratum and channel. Units: steps of 1, or of the paper's k."""
    accepted = ballot_rows.accepted(desk.database)
    found: Found = {}
    for cell in poll.cells:
        strata = found.setdefault(b64u(cell.paper.id), {})
        number = accepted.get(cell.number, 0)
        strata.setdefault(cell.stratum.id, {})[cell.channel] = stepped(number, k=step or cell.paper.k)
    return found


def turnout(desk: Desk, name: str, _query: Given) -> Found:
    return counts(desk, desk.poll(name))


def envelopes(desk: Desk, name: str, query: Given) -> Found:
    """A page of sealed answers of a closed poll, ascending c; `next` is where the following page begins."""
    poll = desk.poll(name)
    if not poll.is_closed:
        raise Problem("conflict", "the poll is not closed")
    cell = cell_of(poll, query["paper"], query["stratum"], query["channel"])
    found = ballot_rows.envelopes(desk.database, cell.number, unb64u(query.get("after", "")))
    page = [{"c": b64u(c), "pk": b64u(pk), "seq": seq, "o": b64u(o)} for c, pk, seq, o in found]
    is_full = len(page) == ballot_rows.ENVELOPES_AT_ONCE
    return {"envelopes": page, "next": page[-1]["c"] if is_full else ""}


def objections(desk: Desk, name: str, _query: Given) -> Found:
    """What voters have handed in to open ballots that did not open."""
    found = ballot_rows.objections(desk.database, desk.poll(name).name)
    return {"objections": [{"c": b64u(c), "r": b64u(r), "a": b64u(a)} for c, r, a in found]}


def compact(desk: Desk, name: str, _given: Given) -> Found:
    """Write what waits afresh, although no batch is due."""
    desk.poll(name)
    with desk.writing():
        desk.database.rewrite("waiting")
    desk.database.forget()
    return published(desk, name)


ACTS: Final[Mapping[tuple[str, str], Callable[[Desk, str, Given], Found]]] = {
    ("POST", "casting"): open_casting,
    ("POST", "append"): append_leaves,
    ("POST", "cosign"): keep_cosignature,
    ("POST", "void"): void_slips,
    ("POST", "close"): close_poll,
    ("POST", "compact"): compact,
    ("GET", "envelopes"): envelopes,
    ("GET", "objections"): objections,
    ("GET", "turnout"): turnout,
}


def act(desk: Desk, method: str, words: Sequence[str], given: Given) -> Found:
    """Do what `/control/polls/...` asks. Shapes: `words` after `polls`."""
    try:
        if (method, len(words)) == ("POST", 0):
            return create_poll(desk, given)
        if len(words) == 2 and (method, words[1]) in ACTS:
            return ACTS[method, words[1]](desk, words[0], given)
    except (KernelError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise Problem("malformed") from error
    raise Problem("not-found")
