"""The list of alerts: urgent lanes first, nobody's before somebody's, the longest wait first."""

from dataclasses import dataclass
from typing import Literal

from clinics import keys
from clinics.models import Membership
from scoring import access
from scoring.feed import last_number
from scoring.models import Alert, AlertTimer
from scoring.queries.urgency import alert_urgency

Show = Literal["waiting", "mine", "offered", "resolved"]
SHOWS: tuple[Show, ...] = ("waiting", "mine", "offered", "resolved")
NEWEST = 100


@dataclass(frozen=True)
class ListedAlert:
    alert: Alert
    timer: AlertTimer | None


@dataclass(frozen=True)
class AlertList:
    rows: list[ListedAlert]
    counts: dict[Show, int]
    last_seq: int


def alert_list(membership: Membership, show: Show) -> AlertList:
    """Of the patients this member may follow; logged with what it shows."""
    last_seq = last_number(membership.clinic_id)  # before the alerts: what comes after it is replayed
    visible = access.visible_alerts(membership).select_related(
        "patient", "owner", "offered_to", "resolved_by"
    )
    waiting = sorted(visible.unresolved(), key=_order)
    by_show: dict[Show, list[Alert]] = {
        "waiting": waiting,
        "mine": [alert for alert in waiting if alert.owner_id == membership.pk],
        "offered": [alert for alert in waiting if alert.offered_to_id == membership.pk],
    }
    counts = {name: len(rows) for name, rows in by_show.items()}
    if show == "resolved":
        by_show["resolved"] = list(visible.filter(state="resolved").order_by("-resolved_at")[:NEWEST])
    alerts = by_show[show]
    keys.preload({alert.sealed_under() for alert in alerts})
    access.record_alerts(membership, alerts, page="alerts")
    first = {row.alert_id: row for row in AlertTimer.objects.filter(alert__in=alerts).order_by("-due_at")}
    rows = [ListedAlert(alert, first.get(alert.pk)) for alert in alerts]
    return AlertList(rows, counts, last_seq)


def _order(alert: Alert) -> tuple[int, bool, float]:
    """Nothing comes before the urgent lanes, not even what waits longer."""
    return alert_urgency(alert), alert.state != Alert.State.OPEN, alert.called_at.timestamp()
