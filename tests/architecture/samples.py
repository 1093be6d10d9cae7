"""What stands in each address when every address is tried: real rows, made by the real services."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from folkmoot.areas.imports.faults import Fault
from folkmoot.areas.models import ImportRun, PlannedChange
from folkmoot.areas.states import RunState
from folkmoot.base import clock
from folkmoot.cases.drafts import start_draft
from folkmoot.cases.models import Case
from folkmoot.cases.services import answer_case, appeal_case, call_in_case, decline_case, sign_for_case
from folkmoot.channels import addresses
from folkmoot.channels.models import Delivery, Message
from folkmoot.journal.models import WitnessedLog
from folkmoot.media.services import take_photo
from folkmoot.people.actors import actor_for_person
from tests.architecture.addresses import Address
from tests.architecture.people_rows import people_rows
from tests.architecture.poll_rows import poll_rows
from tests.factories.cases import make_case, make_rules
from tests.factories.island import Island
from tests.journal.logs import ForeignLog

Parameters = dict[str, Any]
NOBODY = UUID(int=0)  # a reference that no row has


class Samples:
    """The island with a year in a minute: a private case, an answered public one, an appeal, their papers."""

    def __init__(self, island: Island) -> None:
        self.island = island
        categories = make_rules()
        amal = actor_for_person(island.amal)
        hua = actor_for_person(island.hua, island.unit_chief)
        self.photo = take_photo(actor=amal, upload=picture())
        self.private = make_case(categories["noise"], island["U111"], island.amal, photos=[self.photo])
        sign_for_case(actor=hua, case=self.private)
        call_in_case(actor=hua, case=self.private, organization=island.water, request="Please look.", days=3)
        self.answered = make_case(categories["lamp"], island["U111"], island.amal)
        sign_for_case(actor=hua, case=self.answered)
        answer_case(actor=hua, case=self.answered, text="The lamp burns again.")
        self.declined = make_case(categories["drain"], island["U111"], island.amal)
        sign_for_case(actor=hua, case=self.declined)
        decline_case(actor=hua, case=self.declined, reason="This drain is private.")
        appeal_case(actor=amal, case=self.declined, reason="It is not.")
        told = {
            "text": "Water stands.",
            "category": categories["drain"].code,
            "about": "",
            "place": "",
            "photos": [],
        }
        where = {"area": "U111", "place_text": "", "lon": None, "lat": None, "answers": {}}
        self.drafts = [start_draft(told), start_draft(told | where)]
        self.rows = people_rows(island)

    @property
    def cases(self) -> list[Case]:
        return [self.private, self.answered, self.declined]

    def of(self, address: Address) -> list[Parameters]:
        """What to put into an address, once for each row worth trying; none if no sample fits it."""
        if not address.parameters:
            return [{}]
        own = getattr(self, "of_" + address.name.replace(":", "_"), None)
        if own is not None:
            return own()
        if address.name in self.rows:
            return [{"pk": pk} for pk in self.rows[address.name]]
        app = address.name.split(":")[0]
        known = getattr(self, f"in_{app}", dict)()
        return known.get(address.parameters, [])

    def in_home(self) -> dict[tuple[str, ...], list[Parameters]]:
        return {("code",): self.places()}

    def in_areas(self) -> dict[tuple[str, ...], list[Parameters]]:
        return {("code",): self.places(), ("pk",): [{"pk": run.pk} for run in self.import_runs()]}

    def import_runs(self) -> list[ImportRun]:
        """Handed in and not looked at yet, and one that was found faulty."""
        waiting, faulty = (
            ImportRun.objects.get_or_create(
                file_name=name, kind="areas",
                defaults={"path": "gone", "at": clock.now(), "started_by": str(self.island.operator.ref)},
            )[0]
            for name in ("waiting.csv", "faulty.csv")
        )  # fmt: skip
        ImportRun.objects.filter(pk=faulty.pk).update(
            state=RunState.FAULTY, faults=[Fault(2, "code", "empty").as_row()], fault_count=1
        )
        return [waiting, faulty]

    def of_areas_withdraw_change(self) -> list[Parameters]:
        plan, _ = PlannedChange.objects.get_or_create(
            kind="rename", area=self.island["V1"], reason="serve", on=clock.today() + timedelta(days=3),
            defaults={"terms": {"name": "Whale Bay", "name_zh": ""}, "planned_by": self.island.chen.pk},
        )  # fmt: skip
        return [{"pk": plan.pk}, {"pk": 2**62}]

    def of_journal_drop_log(self) -> list[Parameters]:
        log = ForeignLog()
        row, _ = WitnessedLog.objects.get_or_create(
            origin=log.origin, defaults={"key": log.vkey, "name": "Green County"}
        )
        return [{"pk": row.pk}, {"pk": 2**62}]

    def in_cases(self) -> dict[tuple[str, ...], list[Parameters]]:
        photo = {"number": self.private.number, "ref": self.photo.ref}
        return {
            ("number",): [{"number": case.number} for case in self.cases],
            ("code",): self.places(),
            ("ref",): [*({"ref": draft.ref} for draft in self.drafts), {"ref": NOBODY}],
            ("call_id",): [{"call_id": self.private.calls.get().pk}],
            ("number", "ref", "size"): [photo | {"size": "thumb"}, photo | {"size": "huge"}],
            **self.in_open311(),
        }

    def in_open311(self) -> dict[tuple[str, ...], list[Parameters]]:
        numbers = [case.number for case in self.cases]
        return {
            ("form",): [{"form": "xml"}, {"form": "json"}],
            ("code", "form"): [{"code": code, "form": "json"} for code in ("lamp", "nowhere")],
            ("number", "form"): [{"number": number, "form": "xml"} for number in numbers],
            ("token", "form"): [{"token": "2222-2222-2222", "form": "json"}],
        }

    def in_api(self) -> dict[tuple[str, ...], list[Parameters]]:
        return {
            ("code",): self.places(),
            ("number",): [{"number": case.number} for case in self.cases],
        }

    def in_people(self) -> dict[tuple[str, ...], list[Parameters]]:
        return {("code",): [{"code": self.island.water.code}, {"code": "nowhere"}]}

    def in_channels(self) -> dict[tuple[str, ...], list[Parameters]]:
        message = Message.objects.filter(person=self.island.amal).earliest("pk")
        dead, _ = Delivery.objects.get_or_create(
            message=message,
            provider="mail",
            defaults={"state": Delivery.State.DEAD, "due_at": None, "settled_at": message.at},
        )
        link = signing.dumps([self.island.amal.pk, "amal@example.org"], salt=addresses.SALT)
        return {
            ("message_id",): [{"message_id": message.pk}],
            ("delivery_id",): [{"delivery_id": dead.pk}],
            ("token",): [{"token": link}, {"token": "broken"}],
        }

    def in_ballots(self) -> dict[tuple[str, ...], list[Parameters]]:
        return {("paper", "stratum"): [{"paper": "A" * 43, "stratum": "residents"}]} | poll_rows(self.island)

    def places(self) -> list[Parameters]:
        return [{"code": "T"}, {"code": "U111"}, {"code": "nowhere"}]

    def of_journal_tile(self) -> list[Parameters]:
        return [{"place": "0/000"}, {"place": "../../etc"}]

    def of_people_demo_sign_in(self) -> list[Parameters]:
        return [{"key": "amal"}]

    def of_mfa_remove_webauthn(self) -> list[Parameters]:
        return [{"pk": 1}]


def picture() -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (40, 30), "navy").save(out, "JPEG")
    return SimpleUploadedFile("photo.jpg", out.getvalue(), content_type="image/jpeg")
