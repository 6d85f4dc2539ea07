"""Whether the clinic has an answer to the last question of the PHQ-9 (issue: *told* only when confirmed)."""

import uuid

from patients.models import Patient
from scoring.models import Alert, AlertEvent
from scoring.services import receipts

CALLING = (AlertEvent.Kind.OPENED, AlertEvent.Kind.REPEATED, AlertEvent.Kind.ESCALATED)


def has_item_nine(patient: Patient, round_id: uuid.UUID) -> bool:
    """Somebody who treats patients has the alert as this round made it, or has been through with it.

    What was seen before the newest call does not count: that was an older answer.
    """
    events = AlertEvent.objects.filter(
        alert__patient=patient,
        alert__rule=Alert.Rule.ITEM_9,
        kind__in=CALLING,
        facts__round=str(round_id),
    )
    newest = events.select_related("alert").order_by("-seq").first()
    if newest is None:
        return False
    return newest.alert.state == Alert.State.RESOLVED or receipts.is_confirmed(newest.alert)
