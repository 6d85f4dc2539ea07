"""A patient's wish for a call: an alert of its own, so that it cannot be lost."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics.errors import DomainError
from patients.locks import lock_patients
from patients.models import Patient
from scoring.duty.transitions import Act
from scoring.models import Alert, AlertEvent
from scoring.services import alerts
from scoring.services.moves import move

SAME_PRESS = timedelta(minutes=1)


@transaction.atomic
def ask_for_call(*, patient: Patient) -> Alert:
    """By the button of the portal, a yes to a note, or the API. Asks for no consent: nothing is analysed.

    While somebody is already on it, asking again is a line of the history and no new call: else its timer
    would start anew with each press, and the alert would never reach the next in line. Once they tried in
    vain or have spoken, it is a new call.
    """
    locked = lock_patients([patient.pk]).get(patient.pk)
    if locked is None or not locked.is_followed:
        raise DomainError("closed", _("This record is closed, so nobody was told. Nobody is watching here."))
    waiting = Alert.objects.filter(patient=locked, rule=Alert.Rule.CALL_WANTED).unresolved()
    known = waiting.select_for_update(no_key=True).first()
    if known is not None and known.state in {Alert.State.OPEN, Alert.State.TAKEN}:
        if known.updated_at < timezone.now() - SAME_PRESS:
            move(known, Act.NEWS, AlertEvent.Kind.REPEATED, actor=locked)
        return known
    alert = alerts.raise_alert(
        patient=locked,
        rule=Alert.Rule.CALL_WANTED,
        lane=Alert.Lane.CALL,
        severity=Alert.Severity.URGENT,
        facts={},
        by=locked,
    )
    assert alert is not None  # a followed record takes every alert
    return alert
