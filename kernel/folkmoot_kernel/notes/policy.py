"""Whom a checker trusts: which logs, which witnesses, and how many of them have to have seen a checkpoint.

    log box.example/season-2026+7f1c…+AV…
    witness committee committee.example+…+BA… https://committee.example/witness
    witness township township.example+…+BA…
    group both 2 committee township
    quorum both

Source: C2SP tlog-policy.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from folkmoot_kernel.errors import (
    KernelError,
    MalformedPolicy,
    NoKnownSignature,
    TooFewWitnesses,
    WrongOrigin,
)
from folkmoot_kernel.notes.checkpoint import Checkpoint
from folkmoot_kernel.notes.keys import COSIGNATURE_V1, ED25519, VerifierKey
from folkmoot_kernel.notes.note import open_note

NONE: Final = "none"
MAX_LINES: Final = 1_000
_THRESHOLD = re.compile(r"[1-9][0-9]{0,3}")


@dataclass(frozen=True, slots=True)
class Group:
    """So many of these witnesses and groups."""

    needed: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """What a checker trusts.

    Shapes: `quorum` names a witness or a group, or is "none". `addresses` of witnesses, where they are told: below
    each a log asks for cosignatures at `/add-checkpoint`.
    """

    logs: tuple[VerifierKey, ...]
    witnesses: Mapping[str, VerifierKey]
    groups: Mapping[str, Group]
    quorum: str
    addresses: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> "Policy":
        """Read a policy file. Raises: MalformedPolicy."""
        return _Reader().read(text)

    @property
    def needed(self) -> int:
        """The least number of witnesses that can meet the quorum."""
        least = {NONE: 0} | dict.fromkeys(self.witnesses, 1)
        for name, group in self.groups.items():  # a group stands after its members, so nothing has to recurse
            least[name] = sum(sorted(least[member] for member in group.members)[: group.needed])
        return least[self.quorum]

    def log(self, origin: str) -> VerifierKey | None:
        return next((key for key in self.logs if key.name == origin), None)

    def is_met(self, cosigners: set[VerifierKey]) -> bool:
        """Tell whether these witnesses are a quorum."""
        met = {NONE: True} | {name: key in cosigners for name, key in self.witnesses.items()}
        for name, group in self.groups.items():
            met[name] = sum(met[member] for member in group.members) >= group.needed
        return met[self.quorum]

    def open_checkpoint(self, data: bytes) -> Checkpoint:
        """Read a checkpoint that one of the logs has signed and a quorum has cosigned.

        Raises: NoKnownSignature, TooFewWitnesses, WrongOrigin, and what `open_note` and `Checkpoint.parse` raise.
        """
        note = open_note(data, (*self.logs, *self.witnesses.values()))
        log = next((key for key in self.logs if any(map(key.has_made, note.signatures))), None)
        if log is None:
            raise NoKnownSignature
        cosigners = {key for key in self.witnesses.values() if any(map(key.has_made, note.signatures))}
        if not self.is_met(cosigners):
            raise TooFewWitnesses(needed=self.needed, found=len(cosigners))
        checkpoint = Checkpoint.parse(note.text)
        if checkpoint.origin != log.name:
            raise WrongOrigin(expected=log.name, found=checkpoint.origin)
        return checkpoint


def parse_witnesses(text: str) -> Policy:
    """Read whom a log asks for cosignatures: a policy without logs, each witness with its address.

    Raises: MalformedPolicy.
    """
    policy = Policy.parse(text)
    if policy.logs or policy.addresses.keys() != policy.witnesses.keys():
        raise _refused("it names a log, or a witness without an address")
    return policy


class _Reader:
    def __init__(self) -> None:
        self.logs: list[VerifierKey] = []
        self.witnesses: dict[str, VerifierKey] = {}
        self.addresses: dict[str, str] = {}
        self.groups: dict[str, Group] = {}
        self.members: set[str] = set()
        self.quorum = ""

    def read(self, text: str) -> Policy:
        lines = text.split("\n")
        if len(lines) > MAX_LINES or any(c < " " and c not in "\t\n" for c in text):
            raise MalformedPolicy(line=0, reason="it is too long or holds control characters")
        for number, line in enumerate(lines, 1):
            words = re.findall(r"[^ \t]+", line)
            if words and not words[0].startswith("#"):
                try:
                    self._take(words)
                except KernelError as error:
                    reason = error.facts.get("reason", str(error))
                    raise MalformedPolicy(line=number, reason=reason) from None
        if not self.quorum:
            raise MalformedPolicy(line=len(lines), reason="no quorum is named")
        return Policy(tuple(self.logs), self.witnesses, self.groups, self.quorum, self.addresses)

    def _take(self, words: list[str]) -> None:
        match words:
            case ["log", vkey] | ["log", vkey, _]:
                self.logs.append(self._key(vkey, ED25519, self.logs))
            case ["witness", name, vkey, *address] if len(address) <= 1:
                self._define(name)
                self.witnesses[name] = self._key(vkey, COSIGNATURE_V1, list(self.witnesses.values()))
                self.addresses.update((name, each) for each in address)
            case ["group", name, needed, *members] if members:
                self._define(name)
                self.groups[name] = self._group(needed, tuple(members))
            case ["quorum", name] if not self.quorum and (name == NONE or self._is_defined(name)):
                self.quorum = name
            case _:
                raise _refused("it is not a line of a policy, or names what no line before it defines")

    def _key(self, vkey: str, kind: int, others: list[VerifierKey]) -> VerifierKey:
        key = VerifierKey.parse(vkey)
        if key.kind != kind or any(key.public == other.public for other in others):
            raise _refused("its key is of the wrong kind, or is there twice")
        return key

    def _is_defined(self, name: str) -> bool:
        return name in self.witnesses or name in self.groups

    def _define(self, name: str) -> None:
        if name == NONE or self._is_defined(name):
            raise _refused("its name is taken")

    def _group(self, needed: str, members: tuple[str, ...]) -> Group:
        if not all(map(self._is_defined, members)) or len({*members, *self.members}) != len(members) + len(
            self.members
        ):
            raise _refused("a member is not defined before, or is a member twice")
        self.members.update(members)
        numbers = {"all": len(members), "any": 1}
        if needed not in numbers and not _THRESHOLD.fullmatch(needed):
            raise _refused("it says neither all, any nor a number")
        number = numbers.get(needed) or int(needed)
        if number > len(members):
            raise _refused("it needs more members than it has")
        return Group(number, members)


def _refused(reason: str) -> MalformedPolicy:
    return MalformedPolicy(line=0, reason=reason)
