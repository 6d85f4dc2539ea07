"""The day's digest: what waits outside the urgent lanes, told once a day."""

from datetime import timedelta

from django.utils import timezone

from clinics.models import (
    Clinic,
    Membership,
    Message,
)
from patients.models import Patient
from scoring import services
from scoring.duty import digests
from tests.clinics.factories import watch_always
from tests.scoring.duty.acts import (
    answer,
    divide,
    make_due,
    sweep,
    told,
    warn,
)

HOUR = timedelta(hours=1)


def test_warnings_are_told_once_a_day(
    in_a: Clinic, pat: Patient, alice: Membership, carol: Membership
) -> None:
    watch_always(in_a)
    first = warn(pat)
    warn(pat, rule="no_check_in")
    services.take(alert_id=first.pk, by=alice)
    answer(pat)
    now = timezone.now()
    digests.queue_for(in_a, now)
    digests.queue_for(in_a, now)
    counts = {
        row.recipient_id: row.facts["count"] for row in Message.objects.filter(kind="digest").order_by("pk")
    }
    assert counts == {alice.pk: 2, carol.pk: 1}
    assert Message.objects.filter(kind="digest").values("recipient_id", "dedupe_key").distinct().count() == 2


def test_the_lead_hears_in_the_digest_of_what_nobody_did(
    in_a: Clinic, pat: Patient, alice: Membership, carol: Membership
) -> None:
    watch_always(in_a)
    divide(in_a, team_of=alice, lead=carol)
    alert = warn(pat)
    digests.queue_for(in_a, timezone.now())
    assert told(carol) == []
    make_due(alert)
    sweep(alert)
    digests.queue_for(in_a, timezone.now())
    assert {kind for kind, _ in told(carol)} == {"digest"}
