import re
from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinics import keys, tenancy
from clinics.access_log import System
from clinics.models import AccessLogEntry, Clinic, ClinicSettings, Membership
from patients import services as patients_services
from patients.models import Patient
from scoring.models import Alert
from tests.conftest import signed_in
from tests.patients.factories import make_check_in, make_patient
from tests.scoring.factories import add_reading, store_reading
from tests.scoring.pages import raise_alert, words_of

URL = "/c/north/"


def test_an_open_alert_says_how_surely_on_what_and_since_when(alice: Membership, pat: Patient) -> None:
    alert = raise_alert(pat)
    page = signed_in(alice).get(URL)
    words = words_of(page)
    assert str(alert.pk) in page.text
    assert "1 open alert" in words
    assert re.search(r"\b\d\d % sure it is over the intervention line: 7 scored check-ins, \d", words)
    assert "Open, nobody has it yet" in words
    assert "80 % interval" in words
    assert "Raised" in words
    assert f'action="/c/north/alerts/{alert.pk}/take/"' in page.text


def test_a_line_that_only_the_estimate_crosses_is_said_to_be_unsure(alice: Membership, pat: Patient) -> None:
    alert = raise_alert(pat)
    unsure = "by the estimate, not surely enough"
    assert unsure not in words_of(signed_in(alice).get(URL))
    with tenancy.enter(pat.clinic_id):
        Alert.objects.filter(pk=alert.pk).update(line="warning", severity="warning")
    assert unsure in words_of(signed_in(alice).get(URL))


def test_patients_stand_worst_first_and_missing_data_never_looks_calm(
    alice: Membership, clinic_a: Clinic
) -> None:
    well, silent, severe, says_low = (
        make_patient(clinic_a, name) for name in ("Will Well", "Sid Silent", "Sue Severe", "Lou Low")
    )
    for patient in (well, says_low):
        for days in range(5, 0, -1):
            add_reading(patient, "happy", timezone.now() - timedelta(days=days))
        store_reading(patient, "happy")
    make_check_in(says_low, mood=1)
    raise_alert(severe)
    make_check_in(silent, captured_at=timezone.now() - timedelta(days=6), mood=6)
    page = signed_in(alice).get(URL)
    rows = [row.split("</tr>")[0] for row in page.text.split('<tr class="triage__row')[1:]]
    names = ["Sue Severe", "Lou Low", "Sid Silent", "Will Well"]
    assert [name for row in rows for name in names if name in row] == names
    assert "badge--below" not in rows[2]
    assert "Not enough data" in rows[2]
    assert "1 of 10" in rows[1]


def test_who_was_silent_for_days_is_said_to_be_and_who_never_came_too(
    alice: Membership, clinic_a: Clinic
) -> None:
    make_patient(clinic_a, "Nell Never")
    words = words_of(signed_in(alice).get(URL))
    assert "Never checked in" in words
    assert "No check-in" in words


def test_the_page_listens_from_the_last_number_and_its_list_can_be_fetched_alone(
    alice: Membership, pat: Patient
) -> None:
    alert = raise_alert(pat)
    page = signed_in(alice).get(URL)
    assert 'data-url="/ws/c/north/alerts/"' in page.text
    assert f'data-after="{alert.seq}"' in page.text
    assert 'aria-live="polite"' in page.text
    assert 'hx-get="/c/north/"' in page.text
    part = signed_in(alice).get(URL, headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert str(alert.pk) in part.text


def test_it_says_when_somebody_looks(alice: Membership, clinic_a: Clinic) -> None:
    assert "nobody is known to be watching" in words_of(signed_in(alice).get(URL))
    with tenancy.enter(clinic_a.pk):
        ClinicSettings.objects.update(cover_hours="Monday to Friday, 8 to 18")
    words = words_of(signed_in(alice).get(URL))
    assert "Monday to Friday, 8 to 18. Outside these hours nobody is watching." in words


def test_thirty_patients_cost_as_many_queries_as_one(alice: Membership, clinic_a: Clinic) -> None:
    browser = signed_in(alice)
    _admit(clinic_a, range(1))
    browser.get(URL)
    few = _queries(browser)
    _admit(clinic_a, range(1, 30))
    many = _queries(browser)
    assert many <= few + 2, "keys of patients may be fetched, in one query"
    assert many <= 32


def _admit(clinic: Clinic, numbers: range) -> None:
    with tenancy.enter(clinic.pk):
        for number in numbers:
            patient = patients_services.admit_patient(
                clinic=clinic, name=f"Number {number}", by=System("test")
            )
            make_check_in(patient, mood=number % 10)
    keys._uncommitted().clear()  # as if these patients had been admitted in a transaction before


def test_the_look_is_logged_with_who_was_shown(alice: Membership, pat: Patient, clinic_a: Clinic) -> None:
    signed_in(alice).get(URL)
    with tenancy.enter(clinic_a.pk):
        entry = AccessLogEntry.objects.get(action="patients.listed")
    assert str(pat.pk) in entry.canonical


def test_an_observer_sees_all_and_may_take_nothing(bob: Membership, pat: Patient) -> None:
    alert = raise_alert(pat)
    page = signed_in(bob).get(URL)
    assert str(alert.pk) in page.text
    assert "take" not in page.text
    assert signed_in(bob).get(f"/c/north/alerts/{alert.pk}/").status_code == 200


def _queries(browser: Client) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(URL).status_code == 200
    return len(captured)
