"""Reading the log: its head, its tiles, the acts of one object; and who witnesses what."""

from datetime import datetime, timedelta

from django.db.models import Max, QuerySet
from folkmoot_kernel import tiles
from folkmoot_kernel.errors import KernelError, MalformedTilePath
from folkmoot_kernel.merkle import HASH_BYTES

from folkmoot.base import clock
from folkmoot.base.errors import NotFound
from folkmoot.journal.models import FORGOTTEN, Act, AskedWitness, Checkpoint, Tile, WitnessedLog


def latest_checkpoint() -> Checkpoint | None:
    """The head of the log as it was last signed."""
    return Checkpoint.objects.order_by("-size").first()


def sealed_size() -> int:
    """How many acts are in the log."""
    latest = latest_checkpoint()
    return latest.size if latest else 0


def unsealed_acts() -> QuerySet[Act]:
    """Acts that wait for their position, in order of writing."""
    return Act.objects.filter(position=None).order_by("id")


def acts_of(object_ref: str) -> QuerySet[Act]:
    """What was done to one object, in order of writing."""
    return Act.objects.filter(object_ref=object_ref).order_by("id")


def erased_count() -> int:
    """How many acts no longer say who did what."""
    return Act.objects.filter(salt=None).count()


def recorded_erasures() -> int:
    """How many acts were cleared according to the journal itself."""
    counts = Act.objects.filter(kind=FORGOTTEN).values_list("body__count", flat=True)
    return sum(count for count in counts.iterator() if isinstance(count, int))


def fetch_tile(path: str) -> bytes:
    """The bytes of a tile or bundle as C2SP names them, such as `tile/0/x001/067.p/17`. Raises NotFound.

    Every width that a tile once had can be fetched for ever.
    """
    try:
        wanted = tiles.Tile.parse(path)
    except MalformedTilePath:
        raise NotFound() from None
    row = Tile.objects.filter(level=max(wanted.level, 0), number=wanted.index).first()
    if row is None or len(row.hashes) < wanted.width * HASH_BYTES:
        raise NotFound()
    if wanted.level != tiles.ENTRIES:
        return bytes(row.hashes[: wanted.width * HASH_BYTES])
    try:
        return tiles.encode_bundle(entries_in(row)[: wanted.width])
    except KernelError:  # somebody changed it; `folkmoot journal verify` says so
        raise NotFound() from None


def entries_in(row: Tile) -> list[bytes]:
    """The leaves kept beside the hashes of a tile of level 0. Raises MalformedBundle."""
    return tiles.parse_bundle(bytes(row.entries), len(row.hashes) // HASH_BYTES)


def witnessed_logs() -> QuerySet[WitnessedLog]:
    """The logs of others that we witness, by name."""
    return WitnessedLog.objects.filter(is_witnessed=True)


def get_witnessed_log(pk: int) -> WitnessedLog:
    """Raises NotFound."""
    log = witnessed_logs().filter(pk=pk).first()
    if log is None:
        raise NotFound()
    return log


def asked_witnesses(origin: str) -> QuerySet[AskedWitness]:
    """How far each witness has come with one log of ours."""
    return AskedWitness.objects.filter(origin=origin)


def troubled_witnesses() -> QuerySet[AskedWitness]:
    """Each witness and log of ours where the last asking was in vain, as long as it is asked again."""
    return AskedWitness.objects.exclude(trouble="").filter(not_before__gt=clock.now() - timedelta(days=1))


def last_cosignatures() -> dict[str, datetime]:
    """When each witness, by its key, last cosigned any log of ours."""
    last = AskedWitness.objects.order_by().values_list("key").annotate(last=Max("cosigned_at"))
    return {key: at for key, at in last if at is not None}
