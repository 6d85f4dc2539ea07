"""Receipts: that an alert was on an open, unlocked screen. The patient is told so only then."""

import uuid
from collections.abc import Iterable

from django.utils import timezone

from clinics import messages
from clinics.models import Membership, Role
from scoring.duty import telling
from scoring.models import Alert, AlertEvent, AlertSeen


def seen(alert: Alert, membership: Membership, *, seq: int | None = None) -> None:
    """The alert as it stands was shown to this member: on its page, or in a frame their screen answered
    (`seq`: of that frame)."""
    AlertSeen.objects.update_or_create(
        clinic_id=alert.clinic_id,
        alert=alert,
        membership=membership,
        defaults={"seq": alert.seq if seq is None else seq, "at": timezone.now()},
    )


def seen_in_list(alerts: Iterable[Alert], membership: Membership) -> None:
    """Somebody opened a page that lists these: receipts of the urgent ones that still call. A list that
    fetches itself again is none: nobody may be looking."""
    calling = [alert for alert in alerts if alert.is_urgent_lane and alert.owner_id is None]
    if not calling or not membership.treats_patients:
        return
    known = dict(
        AlertSeen.objects.filter(alert__in=calling, membership=membership).values_list("alert_id", "seq")
    )
    for alert in calling:
        if known.get(alert.pk, 0) < alert.called_seq:
            seen(alert, membership)


def is_confirmed(alert: Alert) -> bool:
    """Somebody who can act has it as it last called: took it, saw it, or opened a message about it.

    A clinician at work here now. One who saw it and was switched off since can do nothing about it, and the
    patient themselves, who may be a clinician here, is not somebody who looks after them.
    """
    if alert.owner_id is not None:
        return True
    able = Membership.objects.filter(clinic=alert.clinic_id, role=Role.CLINICIAN, is_active=True)
    if alert.patient.user_id is not None:
        able = able.exclude(user=alert.patient.user_id)
    rows = AlertSeen.objects.filter(alert=alert, seq__gte=alert.called_seq, membership__in=able)
    return rows.exists() or bool(_opened_by(alert) & set(able.values_list("pk", flat=True)))


def _opened_by(alert: Alert) -> set[uuid.UUID]:
    """Who opened a message of this call or of a later step of it."""
    keys = [f"{telling.key_of(alert)}{seq}" for seq in _steps(alert)]
    return messages.who_received(alert.clinic_id, keys)


def _steps(alert: Alert) -> list[int]:
    """The numbers of its events since it last called: messages carry them in their keys."""
    events = AlertEvent.objects.filter(alert=alert, seq__gte=alert.called_seq)
    return list(events.values_list("seq", flat=True))


def open_item_nine(patient_id: uuid.UUID) -> Alert | None:
    """The patient's unresolved alert of the last question, for the page they meet next."""
    return Alert.objects.unresolved().filter(patient=patient_id, rule=Alert.Rule.ITEM_9).first()
