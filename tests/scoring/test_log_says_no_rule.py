"""Who reads the access log sees that there was an alert, and never what the patient said that raised it."""

import json

from clinics import tenancy
from clinics.models import AccessLogEntry, CareTeam, Clinic, ClinicSettings, Membership
from patients.models import Patient
from scoring.alert_rules import RULES
from scoring.models import Alert
from tests.clinics.factories import make_member, watch_always
from tests.conftest import signed_in
from tests.scoring.duty.acts import answer

WORDS = {*Alert.Rule.values, *(rule.code for rule in RULES)}


def test_an_auditor_cannot_find_who_answered_item_nine(
    clinic_a: Clinic, pat: Patient, alice: Membership, audrey: Membership
) -> None:
    with tenancy.enter(clinic_a.pk):
        watch_always(clinic_a)
        alert = answer(pat, 3)
    signed_in(alice).get(f"/c/north/alerts/{alert.pk}/")
    page = signed_in(audrey).get("/c/north/access-log/", {"text": "item_9"}).text
    assert f"#{pat.record_number}" not in page
    with tenancy.enter(clinic_a.pk):
        entries = list(AccessLogEntry.objects.filter(patient_id=pat.pk))
        assert {"alert.opened", "alert.read"} <= {entry.action for entry in entries}
        said = " ".join(json.dumps(json.loads(entry.canonical)["detail"]) for entry in entries)
        assert not [word for word in WORDS if f'"{word}"' in said]


def test_an_alert_read_on_call_says_so(clinic_a: Clinic, pat: Patient, alice: Membership) -> None:
    carol = make_member(clinic_a, "clinician", "Carol Conrad")
    with tenancy.enter(clinic_a.pk):
        watch_always(clinic_a)
        team = CareTeam.objects.create(clinic=clinic_a, name="T")
        Patient.objects.filter(pk=pat.pk).update(care_team=team)
        ClinicSettings.objects.update(record_scope="care_team")
        pat.refresh_from_db()
        alert = answer(pat, 3)
    assert signed_in(carol).get(f"/c/north/alerts/{alert.pk}/").status_code == 200
    with tenancy.enter(clinic_a.pk):
        entry = AccessLogEntry.objects.get(action="alert.read")
        assert json.loads(entry.canonical)["purpose"] == "on_call"
