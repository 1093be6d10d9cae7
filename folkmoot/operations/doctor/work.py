"""Worker, outbox and journal: is what is due being done?"""

import json
import time
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from folkmoot.channels.queries import outbox_depth
from folkmoot.journal.queries import latest_checkpoint, unsealed_acts
from folkmoot.operations.doctor.finding import Findings, fault, note, ok
from folkmoot.operations.worker import heartbeat_path

WORKER_SILENT_SECONDS = 120
LATE = timedelta(hours=1)


def check_worker() -> Findings:
    path = heartbeat_path()
    if not path.exists():
        yield note("The worker has not run yet. folkmoot serve starts it.")
        return
    silent = time.time() - path.stat().st_mtime
    if silent > WORKER_SILENT_SECONDS:
        since = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        yield fault(f"The worker is silent since {since:%Y-%m-%d %H:%M} UTC. Start: folkmoot serve")
        return
    yield ok(f"The worker was at work {silent:.0f} s ago.")
    for name, error in json.loads(path.read_text(encoding="utf-8"))["failing"].items():
        yield fault(f"The worker's task {name!r} fails again and again: {error}")


def check_outbox() -> Findings:
    depth = outbox_depth()
    said = f"{depth.waiting} messages wait, {depth.claimed} are being sent."
    if depth.late_since and timezone.now() - depth.late_since > LATE:
        yield fault(f"{said} The oldest is late since {depth.late_since:%Y-%m-%d %H:%M} UTC.")
    else:
        yield ok(said)
    if depth.dead:
        yield note(f"{depth.dead} messages were given up after many tries; the operator's page says which.")


def check_journal() -> Findings:
    waiting, latest = unsealed_acts().count(), latest_checkpoint()
    if latest is None:
        yield ok("No act is sealed yet.") if not waiting else note(f"{waiting} acts wait to be sealed.")
        return
    yield ok(f"{latest.size} acts are sealed, the last {latest.at:%Y-%m-%d %H:%M} UTC; {waiting} wait.")
    oldest = unsealed_acts().first()
    if oldest and timezone.now() - oldest.at > timedelta(minutes=1) and not settings.DEMO:
        yield fault("Acts wait for more than a minute: the worker does not seal. Run: folkmoot journal seal")
