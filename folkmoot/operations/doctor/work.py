"""Worker, outbox, journal and its witnesses: is what is due being done?"""

import json
import time
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from folkmoot.channels.queries import outbox_depth
from folkmoot.journal.models import Trouble
from folkmoot.journal.queries import (
    last_cosignatures,
    latest_checkpoint,
    troubled_witnesses,
    unsealed_acts,
)
from folkmoot.journal.witnesses import WitnessesUnreadable, named_witnesses
from folkmoot.operations.doctor.finding import Findings, fault, note, ok
from folkmoot.operations.worker import heartbeat_path

WORKER_SILENT_SECONDS = 120
LATE = timedelta(hours=1)
UNSEALED_TOO_LONG = timedelta(minutes=1)
PATIENCE = 6  # a witness that has failed so often was asked for two minutes


def check_worker() -> Findings:
    path = heartbeat_path()
    if not path.exists():
        yield note(_("The worker has not run yet. folkmoot serve starts it."))
        return
    beat = path.stat().st_mtime
    if time.time() - beat > WORKER_SILENT_SECONDS:
        since = f"{datetime.fromtimestamp(beat, UTC):%Y-%m-%d %H:%M}"
        yield fault(_("The worker is silent since %(since)s UTC. Start: folkmoot serve"), since=since)
        return
    yield ok(_("The worker was at work %(seconds)d s ago."), seconds=time.time() - beat)
    for name, error in json.loads(path.read_text(encoding="utf-8"))["failing"].items():
        yield fault(_("The worker's task “%(task)s” fails again and again: %(why)s"), task=name, why=error)


def check_outbox() -> Findings:
    depth = outbox_depth()
    facts = {"waiting": depth.waiting, "claimed": depth.claimed}
    if depth.late_since and timezone.now() - depth.late_since > LATE:
        yield fault(
            _(
                "%(waiting)d messages wait, the oldest since %(since)s UTC. Is the worker running, and the mail?"
            ),
            since=f"{depth.late_since:%Y-%m-%d %H:%M}",
            **facts,
        )
    else:
        yield ok(_("%(waiting)d messages wait, %(claimed)d are being sent."), **facts)
    if depth.dead:
        yield note(
            _("%(dead)d messages were given up after many tries; the operator's page says which."),
            dead=depth.dead,
        )


def check_journal() -> Findings:
    waiting, latest = unsealed_acts().count(), latest_checkpoint()
    if latest is None:
        yield ok(_("No act is sealed yet; %(waiting)d wait."), waiting=waiting)
    else:
        yield ok(
            _("%(size)d acts are sealed, the last at %(time)s UTC; %(waiting)d wait."),
            size=latest.size,
            time=f"{latest.at:%Y-%m-%d %H:%M}",
            waiting=waiting,
        )
    oldest = unsealed_acts().first()
    if oldest and timezone.now() - oldest.at > UNSEALED_TOO_LONG and not settings.DEMO:
        yield fault(
            _("Acts wait for more than a minute: the worker does not seal. Run: folkmoot journal seal")
        )


def check_witnesses() -> Findings:
    try:
        named = named_witnesses()
    except WitnessesUnreadable as error:
        yield fault("%(why)s", why=error)
        return
    if not named:
        yield ok(_("Our logs have no witness. The operator's guide says how to name one."))
    last = last_cosignatures()
    for witness in named:
        if at := last.get(witness.key.vkey):
            yield ok(
                _("The witness %(name)s last signed at %(time)s UTC."),
                name=witness.name,
                time=f"{at:%Y-%m-%d %H:%M}",
            )
        else:
            yield note(_("The witness %(name)s has signed nothing yet."), name=witness.name)
    for asked in troubled_witnesses():
        is_grave = asked.trouble == Trouble.CONFLICT or asked.failures > PATIENCE
        say = fault if is_grave else note
        facts = {"name": asked.name, "log": asked.origin, "why": asked.get_trouble_display()}
        yield say(_("The witness %(name)s has not signed %(log)s. %(why)s"), **facts)
