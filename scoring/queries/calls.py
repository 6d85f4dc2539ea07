"""How a patient's wish for a call stands, in what may be said to them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils import timezone

from clinics import cover
from clinics.cover import Lane, Looking
from clinics.models import Clinic
from patients.models import Patient
from scoring.models import Alert
from scoring.services import receipts


class Wish(StrEnum):
    """CLOSED: nobody follows this record. NONE: may be asked for. TRIED: somebody could not reach them."""

    CLOSED = "closed"
    NONE = "none"
    WAITS = "waits"
    TOLD = "told"
    TRIED = "tried"


@dataclass(frozen=True)
class OwnCall:
    """`looking`: when somebody looks at the wish, or would at one of now. `phone_end`: the last digits of the
    number in the record, as much as a screen that others may see needs."""

    wish: Wish
    asked_at: datetime | None
    looking: Looking
    phone_end: str

    @property
    def may_ask(self) -> bool:
        return self.wish in {Wish.NONE, Wish.TRIED}


def own_call(patient: Patient, *, clinic: Clinic) -> OwnCall:
    """For the person who is signed in; the caller got `patient` from the gate of their own record."""
    alert = Alert.objects.filter(patient=patient, rule=Alert.Rule.CALL_WANTED).unresolved().first()
    wish = _wish(patient, alert)
    asked_at = alert.called_at if alert is not None and wish in {Wish.WAITS, Wish.TOLD} else None
    return OwnCall(
        wish=wish,
        asked_at=asked_at,
        looking=cover.looking(clinic, Lane.CALL, asked_at or timezone.now()),
        phone_end=(str(patient.phone or ""))[-3:],
    )


def _wish(patient: Patient, alert: Alert | None) -> Wish:
    """Once somebody has spoken with them the wish is done with, for the patient."""
    if not patient.is_followed:
        return Wish.CLOSED
    if alert is None or alert.state == Alert.State.REACHED:
        return Wish.NONE
    if alert.state == Alert.State.NOT_REACHED:
        return Wish.TRIED
    return Wish.TOLD if receipts.is_confirmed(alert) else Wish.WAITS
