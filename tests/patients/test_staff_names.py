"""An administrator decides whether patients read names or initials; confirmed again, and logged."""

import json

from clinics import tenancy
from clinics.models import AccessLogEntry, Clinic, ClinicSettings, Membership
from patients import access
from patients.models import Patient
from tests.clinics.sign_in_pages import later
from tests.conftest import signed_in

PAGE, ACT = "/c/north/policy/", "/c/north/policy/staff-names/"


def are_named(clinic: Clinic) -> bool:
    with tenancy.enter(clinic.pk):
        return ClinicSettings.objects.get().names_staff_to_patients


def test_what_patients_read_follows_the_setting(
    clinic_a: Clinic, ada: Membership, alice: Membership, pat: Patient
) -> None:
    with tenancy.enter(clinic_a.pk):
        access.get_patient(alice, pat.pk)
    browser, hers = signed_in(pat), signed_in(ada)
    assert "Alice Adler" in browser.get("/c/north/me/access/").text
    assert "the name and the role" in hers.get(PAGE).text
    assert hers.post(ACT, {"are_shown": "initials"})["Location"] == PAGE
    text = browser.get("/c/north/me/access/").text
    assert "Alice Adler" not in text
    assert "A.A., clinician" in text
    hers.post(ACT, {"are_shown": "names"})
    assert "Alice Adler" in browser.get("/c/north/me/access/").text


def test_each_change_is_logged_once(clinic_a: Clinic, ada: Membership) -> None:
    browser = signed_in(ada)
    for _ in range(2):
        browser.post(ACT, {"are_shown": "initials"})
    with tenancy.enter(clinic_a.pk):
        entry = AccessLogEntry.objects.get(action="settings.staff_names")
    assert (entry.kind, entry.actor) == ("settings", ada.actor_label)
    assert json.loads(entry.canonical)["detail"] == {"are_shown": False}


def test_it_is_confirmed_again_first(clinic_a: Clinic, ada: Membership) -> None:
    browser = signed_in(ada)
    with later(601):
        assert browser.post(ACT, {"are_shown": "initials"})["Location"].startswith(
            "/accounts/reauthenticate/"
        )
    assert are_named(clinic_a)


def test_what_means_nothing_changes_nothing(clinic_a: Clinic, ada: Membership) -> None:
    assert signed_in(ada).post(ACT, {"are_shown": "perhaps"}).status_code == 400
    assert are_named(clinic_a)
