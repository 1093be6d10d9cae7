"""Files that came in."""

from django.db.models import QuerySet

from folkmoot.areas.models import ImportRun
from folkmoot.base.errors import NotFound


def import_runs() -> QuerySet[ImportRun]:
    """All runs, newest first, without their faults."""
    return ImportRun.objects.defer("faults").order_by("-pk")


def get_import_run(pk: int) -> ImportRun:
    """One run. Raises NotFound."""
    run = ImportRun.objects.filter(pk=pk).first()
    if run is None:
        raise NotFound()
    return run
