"""The safety plan a patient writes: their headings, their words, in their order."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log
from clinics.access_log import Actor
from clinics.errors import DomainError
from patients.locks import lock_patients
from patients.models import Correction, OwnPlanPart, Patient
from patients.services.corrections import keep_former
from patients.services.holds import is_held

MOST_PARTS = 12
HEADING_LIMIT, TEXT_LIMIT = 200, 4000


@dataclass(frozen=True)
class PlanPart:
    """A heading and what stands under it."""

    heading: str
    text: str


@transaction.atomic
def save_own_plan(*, patient: Patient, parts: Sequence[PlanPart]) -> None:
    """Replaces the whole plan: what is left out is gone, unless a legal hold stands (then it is kept apart).
    An unchanged plan keeps its date."""
    _check(parts)
    patient = lock_patients([patient.pk])[patient.pk]
    former = [PlanPart(str(row.heading), str(row.text)) for row in own_plan(patient)]
    if former == list(parts):
        return
    _take_away(patient, former, patient)
    for position, part in enumerate(parts, start=1):
        OwnPlanPart.objects.create(
            clinic_id=patient.clinic_id,
            patient=patient,
            position=position,
            heading=part.heading,
            text=part.text,
            written_at=timezone.now(),
        )
    access_log.record("own_plan.saved", by=patient, patient_id=patient.pk, parts=len(parts))


def drop_own_plan(*, patient: Patient, by: Actor) -> None:
    """Somebody else wrote it. Inside a transaction that holds the patient."""
    _take_away(patient, [PlanPart(str(row.heading), str(row.text)) for row in own_plan(patient)], by)
    access_log.record("own_plan.dropped", by=by, patient_id=patient.pk)


def _take_away(patient: Patient, former: Sequence[PlanPart], by: Actor) -> None:
    if former and is_held(patient.pk):
        text = "\n\n".join(f"{part.heading}\n{part.text}" for part in former)
        keep_former(patient, Correction.Field.OWN_PLAN, text, by)
    OwnPlanPart.objects.filter(patient=patient).delete()


def own_plan(patient: Patient) -> list[OwnPlanPart]:
    return list(OwnPlanPart.objects.filter(patient=patient).order_by("position"))


def _check(parts: Sequence[PlanPart]) -> None:
    if len(parts) > MOST_PARTS:
        message = _("A plan has at most %(most)d headings.") % {"most": MOST_PARTS}
        raise DomainError("too_many_parts", message)
    for part in parts:
        if not (part.heading.strip() and part.text.strip()):
            raise DomainError("half_a_part", _("A heading needs some words under it, and words a heading."))
        if len(part.heading) > HEADING_LIMIT or len(part.text) > TEXT_LIMIT:
            raise DomainError("part_too_long", _("That is too long for one part of the plan."))
