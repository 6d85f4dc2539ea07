import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinics import tenancy
from clinics.access_log import System
from clinics.errors import DomainError
from clinics.models import Clinic
from patients import services
from patients.models import Erasure, Patient
from patients.models.erasures import OPEN_STATES

BY = System("erase_patient")
STEPS = ("request", "confirm", "cancel", "run", "certificate", "hold", "release")


class Command(BaseCommand):
    help = (
        "Erases a patient in two steps: `request`, then `confirm`; after the clinic's cooling-off beat runs "
        "it, or `run` does. `hold` and `release`: a legal hold, with a reason on the input."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("step", choices=STEPS)
        parser.add_argument("clinic", help="slug")
        parser.add_argument("patient", type=uuid.UUID, help="id of the record")
        parser.add_argument(
            "--everything",
            action="store_true",
            help="with `request`: the statutory record too, whatever the policy",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        clinic = Clinic.objects.filter(slug=options["clinic"]).first()
        if clinic is None:
            raise CommandError(f"There is no clinic {options['clinic']}.")
        try:
            getattr(self, f"_{options['step']}")(clinic, options["patient"], options)
        except DomainError as refusal:
            raise CommandError(str(refusal.message)) from refusal
        except services.SomethingIsLeft as left:
            raise CommandError(f"Not finished, run it again: {left}") from left

    def _request(self, clinic: Clinic, patient_id: uuid.UUID, options: dict[str, Any]) -> None:
        extent = Erasure.Extent.EVERYTHING if options["everything"] else None
        with tenancy.enter(clinic.pk):
            wish = services.request_erasure(patient=_patient(patient_id), by=BY, extent=extent)
        self.stdout.write(f"Requested: {wish.get_extent_display()}. Confirm it next.")

    def _confirm(self, clinic: Clinic, patient_id: uuid.UUID, options: dict[str, Any]) -> None:
        with tenancy.enter(clinic.pk):
            wish = services.confirm_erasure(wish=_open(patient_id), by=BY)
        self.stdout.write(f"Confirmed: to be erased from {wish.due_at:%Y-%m-%d %H:%M} UTC on.")

    def _cancel(self, clinic: Clinic, patient_id: uuid.UUID, options: dict[str, Any]) -> None:
        with tenancy.enter(clinic.pk):
            services.cancel_erasure(wish=_open(patient_id), by=BY)
        self.stdout.write("Taken back.")

    def _run(self, clinic: Clinic, patient_id: uuid.UUID, options: dict[str, Any]) -> None:
        with tenancy.enter(clinic.pk):
            wish = _open(patient_id)
        wish = services.run_erasure(clinic=clinic, erasure_id=wish.pk)
        if wish.state != Erasure.State.FINISHED:
            raise CommandError(f"Not now: {wish.waits_for or 'the cooling-off is not over, or not begun'}.")
        self.stdout.write(wish.certificate)

    def _certificate(self, clinic: Clinic, patient_id: uuid.UUID, options: dict[str, Any]) -> None:
        with tenancy.enter(clinic.pk):
            done = Erasure.objects.filter(patient_id=patient_id, state=Erasure.State.FINISHED)
            texts = [wish.certificate for wish in done.order_by("finished_at")]
        if not texts:
            raise CommandError("Nothing of this record was erased.")
        self.stdout.write("\n".join(texts))

    def _hold(self, clinic: Clinic, patient_id: uuid.UUID, options: dict[str, Any]) -> None:
        reason = input("Reason: ")
        with tenancy.enter(clinic.pk):
            services.place_legal_hold(patient=_patient(patient_id), reason=reason, by=BY)
        self.stdout.write("Held.")

    def _release(self, clinic: Clinic, patient_id: uuid.UUID, options: dict[str, Any]) -> None:
        reason = input("Reason: ")
        with tenancy.enter(clinic.pk):
            services.lift_legal_hold(patient=_patient(patient_id), reason=reason, by=BY)
        self.stdout.write("Released.")


def _patient(patient_id: uuid.UUID) -> Patient:
    patient = Patient.objects.filter(pk=patient_id).first()
    if patient is None:
        raise CommandError("There is no such record in this clinic.")
    return patient


def _open(patient_id: uuid.UUID) -> Erasure:
    wish = Erasure.objects.filter(patient_id=patient_id, state__in=OPEN_STATES).first()
    if wish is None:
        raise CommandError("There is no open erasure of this record.")
    return wish
