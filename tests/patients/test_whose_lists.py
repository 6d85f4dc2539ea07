"""Lists of people count as looks at each of them, and no number of refusals hides a look."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinics import access_log, tenancy
from clinics.access_log import System
from clinics.models import Clinic, Membership
from patients import services
from patients.audit import for_patients, queries
from patients.audit.queries import Wanted
from patients.models import Correction, Patient
from tests.clinics.factories import make_member
from tests.conftest import signed_in


@pytest.fixture
def olga(clinic_a: Clinic) -> Membership:
    return make_member(clinic_a, "privacy_officer", "Olga Ott")


@pytest.mark.parametrize(
    ("page", "action"), [("holds", "legal_holds.listed"), ("requests", "requests.listed")]
)
def test_who_is_shown_in_a_list_finds_it_and_it_is_in_their_accounting(
    clinic_a: Clinic, pat: Patient, olga: Membership, page: str, action: str
) -> None:
    with tenancy.enter(clinic_a.pk):
        services.place_legal_hold(patient=pat, reason="Court file 7", by=System("test"))
        services.open_request(patient=pat, kind="correct", words="", by=pat)
    signed_in(olga).get(f"/c/north/{page}/")
    with tenancy.enter(clinic_a.pk):
        wanted = Wanted(patient_id=pat.pk, only_disclosures=True)
        assert [row.action for row in queries.entries(wanted, clinic_a.pk)] == [action]
        assert [(look.what, look.times) for look in for_patients.looks(pat)] == [(for_patients.LISTED, 1)]


def test_no_number_of_refusals_hides_a_look(
    clinic_a: Clinic, pat: Patient, alice: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(for_patients, "NEWEST_LOOKS", 2)
    with tenancy.enter(clinic_a.pk):
        access_log.record("patient.read", by=alice, patient_id=pat.pk)
        for _ in range(5):
            access_log.record("refused", by=alice, patient_id=pat.pk, outcome="denied")
    with tenancy.enter(clinic_a.pk):
        looks = {str(look.what): look.times for look in for_patients.looks(pat)}
    assert looks == {"looked at your record": 1, "tried to open your record, and was turned away": 5}


def test_a_call_back_on_a_number_changed_of_late_proves_nothing(clinic_a: Clinic, olga: Membership) -> None:
    with tenancy.enter(clinic_a.pk):
        nora = services.admit_patient(clinic=clinic_a, name="Nora Nolte", by=System("test"))
        asked = services.open_request(patient=nora, kind="erase", words="", by=olga)
        services.correct_record(patient=nora, changes={"phone": "+49 30 999"}, by=olga)
    body = {"step": "record", "identity_check": "called_back"}
    address = f"/c/north/requests/{asked.pk}/erasure/"
    refused = signed_in(olga).post(address, body)
    assert (refused.status_code, "changed within the last 30 days" in refused.text) == (400, True)
    with tenancy.enter(clinic_a.pk):
        Correction.objects.update(at=timezone.now() - timedelta(days=31))
    assert signed_in(olga).post(address, body).status_code == 302
