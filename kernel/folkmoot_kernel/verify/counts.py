"""The numbers of one paper: issued, drawn, accepted, voided, opened, all against one another."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from folkmoot_kernel.cells import settle_cell
from folkmoot_kernel.errors import KernelError
from folkmoot_kernel.es256 import point_of, private_key
from folkmoot_kernel.leaves import Close, CloseCell, Issued, IssuedBy
from folkmoot_kernel.papers import HAND, MAX_VOTERS_WITH_ONE_BATCH, SLIP, TOKEN, Paper, Stratum
from folkmoot_kernel.verify.electorate import Cell, Electorate, token_keys
from folkmoot_kernel.verify.findings import Findings
from folkmoot_kernel.verify.reading import PaperLog, Reading


@dataclass
class PaperCounts:
    """Checks one paper.

    Shapes: `accepted` different keys of each cell as the log holds them; `keys` the closing keys of the cells that
    are opened; `taken` papers of each part of the roll.
    """

    paper: Paper
    cells: tuple[Cell, ...]
    log: PaperLog
    accepted: Mapping[int, int]
    findings: Findings

    @property
    def opened(self) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.cells if settle_cell(self._accepted(cell), k=self.paper.k).holds)

    @property
    def keys(self) -> dict[int, bytes]:
        """Closing keys of the cells that are to be opened; an empty one where none was given."""
        return {cell.number: said.key for cell, said in self._closed() if cell in self.opened}

    @property
    def is_complete(self) -> bool:
        """Issued and close list exactly what the paper has."""
        issued, close = self.log.issued, self.log.close
        parts = [part.id for part in self.paper.parts]
        if issued and [part.id for part in issued[1].parts] != parts:
            self.findings.add("leaf.incomplete", index=issued[0], kind="issued")
            return False
        for index, by in self.log.issued_by.values():
            if [part.id for part in by.parts] != parts:
                self.findings.add("leaf.incomplete", index=index, kind="issued-by")
                return False
        cells = [(cell.stratum.id, cell.channel) for cell in self.cells]
        if close and (
            [part.id for part in close[1].parts] != parts
            or [(cell.stratum, cell.channel) for cell in close[1].cells] != cells
        ):
            self.findings.add("leaf.incomplete", index=close[0], kind="close")
            return False
        return True

    def taken(self) -> dict[str, int]:
        """Papers taken by each part of the roll: tokens, slips, hand papers."""
        taken: Counter[str] = Counter()
        if self.log.issued:
            taken.update({part.id: part.tokens for part in self.log.issued[1].parts})
        if self.log.close:
            taken.update({part.id: part.slips + part.hand for part in self.log.close[1].parts})
        return dict(taken)

    def rolls(self) -> dict[str, int]:
        return {part.id: part.roll for part in self.log.issued[1].parts} if self.log.issued else {}

    def check(self, slips: Mapping[tuple[bytes, str], set[bytes]], printed: Electorate) -> None:
        """Check everything but what the openings show."""
        self._check_rolls()
        for registrar, key in self.paper.further_registrars.items():
            self._check_issued_by(registrar, key)
        for cell, said in self._closed():
            self._check_cell(cell, said)
        for stratum in self.paper.strata:
            if stratum.slip:
                place = (self.paper.id, stratum.id)
                self._check_slips(stratum, slips.get(place, set()), printed.slips.get(place, frozenset()))
        if self.log.close:
            self._check_hand(self.log.close[1])

    def check_batches(self, reading: Reading) -> None:
        voters = sum(self.rolls().values())
        is_one = self.log.issued is not None and voters <= MAX_VOTERS_WITH_ONE_BATCH
        for cell in self.cells:
            runs = reading.runs[cell.number]
            runs.finish()
            if runs.count > 1 and (runs.short or is_one):
                self._find(cell, "batch.order")

    def _accepted(self, cell: Cell) -> int:
        return self.accepted.get(cell.number, 0)

    def _closed(self) -> Iterable[tuple[Cell, CloseCell]]:
        return zip(self.cells, self.log.close[1].cells if self.log.close else (), strict=False)

    def _issued(self, stratum: Stratum) -> int:
        return _tokens(self.log.issued[1], stratum) if self.log.issued else 0

    def _drawn(self, stratum: Stratum) -> int:
        parts = {part.id for part in stratum.parts}
        return sum(p.slips for p in self.log.close[1].parts if p.id in parts) if self.log.close else 0

    def _check_rolls(self) -> None:
        rolls, taken = self.rolls(), self.taken()
        for stratum in self.paper.strata:
            on_roll = sum(rolls.get(part.id, 0) for part in stratum.parts)
            if rolls and on_roll < self.paper.k:
                self.findings.add("paper.small", stratum=stratum.id, roll=on_roll, k=self.paper.k)
        for part, roll in rolls.items():
            if taken[part] > roll:
                self.findings.add("count.roll", stratum=part, taken=taken[part], roll=roll)

    def _check_issued_by(self, registrar: str, key: bytes) -> None:
        """Nobody votes with tokens of one registrar alone: each has issued as many as were accepted."""
        if registrar not in self.log.issued_by:
            if self.log.close:
                self.findings.add("issued.missing", registrar=registrar)
            return
        index, leaf = self.log.issued_by[registrar]
        try:
            leaf.verify(key)
        except KernelError:
            self.findings.add("issued.signature", index=index, registrar=registrar)
        for part in leaf.parts:
            if part.tokens > part.roll:
                facts = {"tokens": part.tokens, "roll": part.roll}
                self.findings.add("issued.roll", stratum=part.id, registrar=registrar, **facts)
        for cell in (cell for cell in self.cells if cell.channel == TOKEN):
            issued, accepted = _tokens(leaf, cell.stratum), self._accepted(cell)
            if accepted > issued:
                self.findings.add(
                    "issued.fewer",
                    stratum=cell.stratum.id,
                    registrar=registrar,
                    accepted=accepted,
                    issued=issued,
                )

    def _check_cell(self, cell: Cell, said: CloseCell) -> None:
        found = self._accepted(cell)
        if said.accepted != found:
            self._find(cell, "count.accepted", channel=cell.channel, said=said.accepted, found=found)
        if cell.channel == TOKEN:
            issued = self._issued(cell.stratum)
            if said.issued != issued:
                self._find(cell, "count.issued", said=said.issued, issued=issued)
            if found > issued:
                self._find(cell, "count.more_tokens", accepted=found, issued=issued)
        else:
            drawn = self._drawn(cell.stratum)
            if said.issued != drawn:
                self._find(cell, "count.drawn", said=said.issued, drawn=drawn)
            if found > drawn:
                self._find(cell, "count.more_slips", accepted=found, issued=drawn)
        self._check_key(cell, said, found)

    def _check_key(self, cell: Cell, said: CloseCell, found: int) -> None:
        holds = settle_cell(found, k=self.paper.k).holds
        if said.key and not holds:
            self._find(cell, "cell.opened", accepted=found, k=self.paper.k)
        elif holds and not said.key:
            self._find(cell, "cell.closed", accepted=found)
        elif said.key and _public(said.key) != cell.closing:
            self._find(cell, "cell.key")

    def _check_slips(self, stratum: Stratum, voted: set[bytes], printed: frozenset[bytes]) -> None:
        voids = self.log.voids.get(stratum.id, [])
        bad = len(voids) - len(printed.intersection(voids))
        if bad:
            self.findings.add("slips.void", stratum=stratum.id, count=bad)
        if both := voted.intersection(voids):
            self.findings.add("slips.void_voted", stratum=stratum.id, count=len(both))
        said = next(
            (c.void for cell, c in self._closed() if (cell.stratum, cell.channel) == (stratum, SLIP)), None
        )
        if said is None or stratum.slip is None:
            return
        if said != len(voids):
            self.findings.add("count.void", stratum=stratum.id, said=said, found=len(voids))
        drawn = self._drawn(stratum)
        if stratum.slip.printed != drawn + len(voids):
            self.findings.add(
                "slips.printed",
                stratum=stratum.id,
                printed=stratum.slip.printed,
                drawn=drawn,
                void=len(voids),
            )

    def _check_hand(self, close: Close) -> None:
        given = sum(part.hand for part in close.parts)
        counted = sum(sheet.papers + sheet.spoiled for sheet in close.sheets)
        if counted > given:
            self.findings.add("count.hand", hand=given, counted=counted)
        for number, sheet in enumerate(close.sheets, 1):
            on_it = sheet.papers + sheet.spoiled
            strata = [self.paper.stratum(name) for name in sheet.strata]
            if not strata or not all(stratum and HAND in stratum.channels for stratum in strata):
                self.findings.add("count.sheet", number=number)
            is_counted = bool(sheet.totals or sheet.rankings or sheet.spoiled)
            if is_counted and not settle_cell(on_it, k=self.paper.k).holds:
                names = "+".join(sheet.strata)
                self.findings.add("cell.opened", stratum=names, channel=HAND, accepted=on_it, k=self.paper.k)

    def _find(self, cell: Cell, key: str, **facts: str | int) -> None:
        facts.setdefault("channel", cell.channel)
        self.findings.add(key, stratum=cell.stratum.id, **facts)


def _tokens(leaf: Issued | IssuedBy, stratum: Stratum) -> int:
    parts = {part.id for part in stratum.parts}
    return sum(part.tokens for part in leaf.parts if part.id in parts)


def check_papers(electorate: Electorate, origin: str, findings: Findings) -> None:
    """Check what the papers themselves say: names, keys, whom they join."""
    seen: set[bytes] = set()
    for paper in electorate.papers:
        if origin != f"{paper.box}/{paper.poll}":
            findings.add("log.origin", found=origin, expected=f"{paper.box}/{paper.poll}")
        if paper.is_open:
            findings.add("poll.advisory")
        for stratum in paper.strata:
            closing = [channel.closing for channel in (stratum.token, stratum.slip) if channel]
            keys = [*closing, *(stratum.token.keys if stratum.token else ())]
            are_fresh = not seen.intersection(keys) and len(set(keys)) == len(keys)
            if not are_fresh or (stratum.token and not token_keys(stratum)):
                findings.add("paper.key", stratum=stratum.id)
            seen.update(keys)
            if len({part.is_ordinary for part in stratum.parts}) > 1:
                findings.add("paper.joined", stratum=stratum.id)


def _public(key: bytes) -> bytes:
    try:
        return point_of(private_key(int.from_bytes(key, "big")).public_key())
    except KernelError:
        return b""
