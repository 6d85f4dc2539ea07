"""From a stored reading to a standing, a period score and an alert."""

from datetime import timedelta

from django.utils import timezone

from clinics.models import Clinic
from patients.models import Patient
from scoring.models import Alert, AlertEvent, PatientNote, PatientStanding, PeriodScore
from tests.scoring.factories import add_days_of, store_reading


def test_the_fifth_reading_is_judged_for_the_first_time_and_crosses(in_a: Clinic, pat: Patient) -> None:
    add_days_of(pat, "sad", 3)
    store_reading(pat, "sad", timezone.now() - timedelta(hours=1))
    assert not PatientStanding.objects.get().is_enough
    assert not Alert.objects.exists()

    store_reading(pat, "happy")

    alert = Alert.objects.get()
    assert (alert.rule, alert.state, alert.seq, alert.readings) == ("score_line", "open", 1, 5)
    assert alert.line in {"warning", "intervention"}
    standing = PatientStanding.objects.get()
    assert (alert.score, alert.low, alert.high) == (standing.score, standing.low, standing.high)
    assert alert.probability in {standing.over_warning, standing.over_intervention}
    assert (alert.window_start, alert.window_end) == (standing.window_start, standing.window_end)
    assert AlertEvent.objects.get().kind == "opened"
    assert PatientNote.objects.get().patient_id == pat.pk
    kinds = set(PeriodScore.objects.values_list("kind", flat=True))
    assert kinds == {"week", "month", "quarter"}
