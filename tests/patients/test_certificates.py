"""Certificates of erasure: read, printed and checked by whoever doubts them; the patient keeps its number."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core import mail
from django.test import Client

from clinics import signing, sudo, tenancy, verify_certificate
from clinics.models import AccessLogEntry, Clinic, ClinicSettings, Membership
from clinics.verify_log import BadSignatureError, Type
from patients import services
from patients.models import Erasure
from tests.clinics.factories import make_clinic, make_member
from tests.clinics.sign_in_pages import later
from tests.conftest import signed_in
from tests.patients.factories import make_certificate, make_check_in, make_patient

LIST = "/c/north/erasures/"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def desk(clinic_a: Clinic) -> Client:
    return signed_in(make_member(clinic_a, "privacy_officer", "Olga Ott"))


@pytest.fixture
def done(clinic_a: Clinic) -> Erasure:
    return make_certificate(clinic_a, "Everything of this record was erased.")


def logged(clinic: Clinic, number: object) -> list[str]:
    with tenancy.enter(clinic.pk):
        found = AccessLogEntry.objects.filter(canonical__contains=str(number)).order_by("number")
        return [f"{row.action} {row.kind}" for row in found]


def test_the_list_leads_to_the_page_and_each_look_is_logged(
    clinic_a: Clinic, done: Erasure, desk: Client
) -> None:
    assert str(done.pk) in desk.get(LIST).text
    assert "Everything of this record was erased." in desk.get(f"{LIST}{done.pk}/").text
    assert logged(clinic_a, done.pk) == ["certificates.listed read", "certificate.read read"]


def test_one_is_found_by_its_number(done: Erasure, desk: Client) -> None:
    assert desk.get(LIST, {"number": str(done.pk)})["Location"] == f"{LIST}{done.pk}/"
    assert "No certificate of this clinic" in desk.get(LIST, {"number": str(done.patient_id)}).text
    assert desk.get(LIST, {"number": "nonsense"}).status_code == 200


def test_a_print_is_logged_as_one_and_opens_the_dialogue(
    clinic_a: Clinic, done: Erasure, desk: Client
) -> None:
    assert "js/print" not in desk.get(f"{LIST}{done.pk}/").text
    assert "js/print" in desk.post(f"{LIST}{done.pk}/print/").text
    assert logged(clinic_a, done.pk)[-1] == "certificate.printed print"


@pytest.mark.parametrize("way", ["print", "file"])
def test_a_session_left_open_takes_nothing_out(
    clinic_a: Clinic, done: Erasure, desk: Client, way: str
) -> None:
    with later(sudo.FRESH_SECONDS + 1):
        response = desk.post(f"{LIST}{done.pk}/{way}/")
    assert response["Location"].startswith("/accounts/reauthenticate/")
    assert logged(clinic_a, done.pk) == []


def test_what_is_not_finished_has_no_certificate(clinic_a: Clinic, desk: Client) -> None:
    pat = make_patient(clinic_a, "Pat Petersen")
    with tenancy.enter(clinic_a.pk):
        wish = services.request_erasure(patient=pat, by=pat)
    assert str(wish.pk) in desk.get(LIST).text
    assert desk.get(f"{LIST}{wish.pk}/").status_code == 404


def test_who_may_not_read_them_meets_a_refusal(done: Erasure, alice: Membership, audrey: Membership) -> None:
    for member in (alice, audrey):
        assert signed_in(member).get(LIST).status_code == 403
        assert signed_in(member).get(f"{LIST}{done.pk}/").status_code == 403


def test_one_from_before_signatures_is_handed_out_unsigned(
    clinic_a: Clinic, done: Erasure, desk: Client
) -> None:
    """Whoever changed the row since must not get our signature under it."""
    handed = desk.post(f"{LIST}{done.pk}/file/")
    assert handed["Content-Disposition"] == f'attachment; filename="certificate-{done.pk}.json"'
    with pytest.raises(BadSignatureError, match="unsigned"):
        verify_certificate.check(handed.text, signing.public_key())
    assert logged(clinic_a, done.pk) == ["certificate.exported export"]


@pytest.fixture
def erased(committing: str) -> tuple[Clinic, Erasure]:
    """Pat, by every step, to the end."""
    north = make_clinic("north")
    with tenancy.enter(north.pk):
        ClinicSettings.objects.update(erasure_cooling_off_days=0, record_retention_years=0)
    pat = make_patient(north, "Pat Petersen")
    make_check_in(pat, note="slept badly")
    with tenancy.enter(north.pk):
        wish = services.request_erasure(patient=pat, by=pat)
        services.confirm_erasure(wish=wish, by=pat)
    return north, services.run_erasure(clinic=north, erasure_id=wish.pk)


def verify(file: Path, key: str) -> subprocess.CompletedProcess[str]:
    """As whoever was handed the file does it: no settings, no database."""
    return subprocess.run(
        [sys.executable, "-m", "clinics.verify_certificate", str(file), "--public-key", key],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.commits
def test_the_file_is_checked_without_us(erased: tuple[Clinic, Erasure], tmp_path: Path) -> None:
    north, wish = erased
    handed = signed_in(make_member(north, "administrator", "Ada Ahrens")).post(f"{LIST}{wish.pk}/file/").text
    file = tmp_path / "certificate.json"
    file.write_text(handed)
    good = verify(file, signing.public_key_text())
    assert good.returncode == 0, good.stderr
    assert "Certificate of erasure" in good.stdout
    assert "Pat" not in good.stdout.replace("patients.", "")
    line = json.loads(handed)
    planted = {**line, "text": line["text"].replace("patients.checkin", "patients.checkout")}
    file.write_text(json.dumps(planted))
    assert verify(file, signing.public_key_text()).returncode == 1
    other = "A" * 43 + "="
    file.write_text(handed)
    assert verify(file, other).returncode == 1
    file.write_text(json.dumps(signing.signed(Type.ANCHOR, {"words": "something else"})))
    assert verify(file, signing.public_key_text()).returncode == 1
    file.write_text("[]")
    assert verify(file, signing.public_key_text()).returncode == 1


@pytest.mark.commits
def test_a_certificate_changed_in_the_database_is_not_what_was_signed(
    erased: tuple[Clinic, Erasure],
) -> None:
    north, wish = erased
    with tenancy.enter(north.pk):
        Erasure.objects.update(certificate="Certificate of erasure\n\nNothing was erased.\n")
    handed = signed_in(make_member(north, "privacy_officer", "Olga Ott")).post(f"{LIST}{wish.pk}/file/").text
    assert "keys were destroyed" in verify_certificate.check(handed, signing.public_key())["words"]


@pytest.mark.commits
def test_the_patient_gets_the_number_once_and_nothing_clinical(erased: tuple[Clinic, Erasure]) -> None:
    _north, wish = erased
    (letter,) = mail.outbox
    assert letter.to == ["pat@patients.north.example"]
    assert str(wish.pk) in letter.body
    words = f"{letter.subject} {letter.body}".lower()
    for word in ("north", "clinic", "mood", "check-in", "patient", "health"):
        assert word not in words
