"""The ballot as the log shows it: who it is from stays unknown, what it says stays sealed.

    {"c":"…","creds":["…"],"oh":"…","paper":"…","pk":"…","seq":1,"sig":"…","stratum":"residents",
     "type":"folkmoot/ballot/v1"}

`sig` is ES256 by `pk` over the canonical bytes of the same object without `sig`: r || s, 32 bytes each, s in the
lower half. Without the last rule anybody could make a second leaf out of a ballot that is not his.
"""

import re
from dataclasses import dataclass, replace
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from folkmoot_kernel.encoding import MAX_INTEGER, b64u, read_b64u
from folkmoot_kernel.es256 import ES256_BYTES, POINT_BYTES, sign_es256, verify_es256
from folkmoot_kernel.fields import Fields, read_exactly
from folkmoot_kernel.papers import SLIP, TOKEN

BALLOT_V1: Final = "folkmoot/ballot/v1"
TOKEN_BYTES: Final = 354  # RFC 9578 section 6.3, token type 2


# A leaf that fits is canonical: names and order are fixed, and so are the unused bits of the last characters.
_LEAF = re.compile(
    rb'\{"c":"(?P<c>HASH)","creds":\[(?P<creds>(?:"TOKEN"(?:,"TOKEN")*)?)\],"oh":"(?P<oh>HASH)",'
    rb'"paper":"(?P<paper>HASH)","pk":"(?P<pk>B{86}L)","seq":(?P<seq>[1-9][0-9]{0,14}),'
    rb'(?P<member>"sig":"(?P<sig>B{85}[AQgw])",)'
    rb'"stratum":"(?P<stratum>[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?)","type":"folkmoot/ballot/v1"\}'
    .replace(b"HASH", b"B{42}L")
    .replace(b"TOKEN", b"B{472}")
    .replace(b"B{", b"[A-Za-z0-9_-]{")
    .replace(b"L)", b"[AEIMQUYcgkosw048])")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ballot:
    """One cast ballot.

    Shapes: `paper` 32 bytes; `pk` 65; `creds` one token of 354 bytes for each registrar, none for a slip;
    `c` = SHA-256("folkmoot/open/v1" || pk || r || a) and `oh` = SHA-256(o), 32 bytes each; `sig` 64.
    """

    paper: bytes
    stratum: str
    pk: bytes
    creds: tuple[bytes, ...]
    seq: int
    c: bytes
    oh: bytes
    sig: bytes = b""

    @property
    def channel(self) -> str:
        return TOKEN if self.creds else SLIP

    def encode(self) -> bytes:
        """Write the leaf."""
        return self._bytes(f'"sig":"{b64u(self.sig)}",')

    @property
    def signed_bytes(self) -> bytes:
        """What `sig` covers: the canonical leaf without its member `sig`."""
        return self._bytes("")

    def _bytes(self, sig: str) -> bytes:
        # Written out, because the box and the verifier do this for every ballot: many times as fast as `encode`.
        # A test holds both equal. Everything inside the quotes is base64url or of the characters of identifiers.
        creds = ",".join(f'"{b64u(token)}"' for token in self.creds)
        return (
            f'{{"c":"{b64u(self.c)}","creds":[{creds}],"oh":"{b64u(self.oh)}","paper":"{b64u(self.paper)}",'
            f'"pk":"{b64u(self.pk)}","seq":{self.seq},{sig}"stratum":"{self.stratum}","type":"{BALLOT_V1}"}}'
        ).encode("ascii")

    @classmethod
    def decode(cls, data: bytes) -> "Ballot":
        """Read a leaf and refuse every other spelling. Raises: NotCanonical, RecordTooLong, MalformedLeaf."""
        return decode_signed(data)[0]

    @classmethod
    def read(cls, fields: Fields) -> "Ballot":
        if fields.text("type") != BALLOT_V1:
            raise fields.refused("its type is another")
        ballot = cls(
            paper=fields.hash("paper"),
            stratum=fields.name("stratum"),
            pk=fields.octets("pk", POINT_BYTES),
            creds=fields.octet_list("creds", TOKEN_BYTES),
            seq=fields.whole("seq", least=1, most=MAX_INTEGER),
            c=fields.hash("c"),
            oh=fields.hash("oh"),
            sig=fields.octets("sig", ES256_BYTES),
        )
        fields.end()
        return ballot

    def signed(self, key: EllipticCurvePrivateKey) -> "Ballot":
        """The same ballot with its signature, as the booth makes it."""
        return replace(self, sig=sign_es256(key, self.signed_bytes))

    def verify(self) -> None:
        """Accept only the one signature of `pk` over the rest. Raises: BallotSignatureRefused, MalformedPoint."""
        verify_es256(self.pk, self.signed_bytes, self.sig)


def decode_signed(data: bytes) -> tuple[Ballot, bytes]:
    """Read a leaf together with what its signature covers, without writing it anew: for box and verifier.

    Raises: NotCanonical, RecordTooLong, MalformedLeaf.
    """
    found = _LEAF.fullmatch(data)
    if found is None:  # hardly ever: says what is wrong, or reads a `seq` of 16 digits
        ballot = read_exactly(Ballot.read, data, BALLOT_V1)
        return ballot, ballot.signed_bytes
    c, creds, oh, paper, pk, seq, _, sig, stratum = found.groups()
    start, end = found.span("member")
    tokens = tuple(map(read_b64u, creds[1:-1].split(b'","'))) if creds else ()
    ballot = Ballot(
        read_b64u(paper), stratum.decode("ascii"), read_b64u(pk), tokens, int(seq),
        read_b64u(c), read_b64u(oh), read_b64u(sig),
    )  # fmt: skip
    return ballot, data[:start] + data[end:]
