"""Forms of polls: they parse and say in plain words what is missing. What is allowed, the services decide."""

from folkmoot.ballots.forms.openness import PopulationForm, ProposeAdmissionForm
from folkmoot.ballots.forms.running import (
    BeginAuditForm,
    DeclareBrokenForm,
    DrawSampleForm,
    DropPollForm,
    PollActForm,
    PublishOpeningsForm,
    PublishResultForm,
    ReturnSlipsForm,
)
from folkmoot.ballots.forms.second import AgreeForm, HandedForm, NameSecondForm
from folkmoot.ballots.forms.setting_up import (
    AddPaperForm,
    CalendarForm,
    ChangePollForm,
    NameDeskForm,
    PrintSlipsForm,
    SetUpPollForm,
)
from folkmoot.ballots.forms.sheets import EnterSheetForm
from folkmoot.ballots.forms.voters import (
    AddRuleForm,
    FillRollForm,
    FindEntryForm,
    ImportRollForm,
    StratumForm,
)

__all__ = [
    "AddPaperForm",
    "AddRuleForm",
    "AgreeForm",
    "BeginAuditForm",
    "CalendarForm",
    "ChangePollForm",
    "DeclareBrokenForm",
    "DrawSampleForm",
    "DropPollForm",
    "EnterSheetForm",
    "FillRollForm",
    "FindEntryForm",
    "HandedForm",
    "ImportRollForm",
    "NameDeskForm",
    "NameSecondForm",
    "PollActForm",
    "PopulationForm",
    "PrintSlipsForm",
    "ProposeAdmissionForm",
    "PublishOpeningsForm",
    "PublishResultForm",
    "ReturnSlipsForm",
    "SetUpPollForm",
    "StratumForm",
]
