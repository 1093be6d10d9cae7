"""The states of an import run (checked whole first, then imported whole or not at all) and of a planned change."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RunState(models.TextChoices):
    WAITING = "waiting", _("waits to be checked")
    CHECKING = "checking", _("is being checked")
    FAULTY = "faulty", _("has faults")
    READY = "ready", _("is ready to import")
    ASKED = "asked", _("waits to be imported")
    IMPORTING = "importing", _("is being imported")
    DONE = "done", _("is imported")
    FAILED = "failed", _("could not be imported")
    DROPPED = "dropped", _("was put aside")


TRANSITIONS: dict[tuple[str, str], str] = {
    (RunState.WAITING, "check"): RunState.CHECKING,
    (RunState.CHECKING, "find_faults"): RunState.FAULTY,
    (RunState.CHECKING, "find_none"): RunState.READY,
    (RunState.CHECKING, "fail"): RunState.FAILED,
    (RunState.CHECKING, "wake"): RunState.WAITING,  # its process died: somebody else begins again
    (RunState.READY, "ask"): RunState.ASKED,
    (RunState.FAULTY, "ask"): RunState.ASKED,  # the good rows, on request
    (RunState.ASKED, "import"): RunState.IMPORTING,
    (RunState.IMPORTING, "finish"): RunState.DONE,
    (RunState.IMPORTING, "find_faults"): RunState.FAULTY,  # the place changed between check and import
    (RunState.IMPORTING, "fail"): RunState.FAILED,
    (RunState.IMPORTING, "wake"): RunState.ASKED,
    (RunState.READY, "drop"): RunState.DROPPED,
    (RunState.FAULTY, "drop"): RunState.DROPPED,
}
FINAL_STATES = (RunState.DONE, RunState.FAILED, RunState.DROPPED)


class PlanState(models.TextChoices):
    PLANNED = "planned", _("planned")
    MADE = "made", _("made")
    WITHDRAWN = "withdrawn", _("withdrawn")
    FAILED = "failed", _("could not be made")


PLAN: dict[tuple[str, str], str] = {
    (PlanState.PLANNED, "make"): PlanState.MADE,
    (PlanState.PLANNED, "withdraw"): PlanState.WITHDRAWN,
    (PlanState.PLANNED, "fail"): PlanState.FAILED,  # on its day it no longer fits: nothing is changed
}
