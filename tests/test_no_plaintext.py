"""The third net from outside: what people wrote is nowhere to be read, and a leak would be found."""

import logging
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from celery import current_app
from django.conf import settings
from django.db import connection
from redis import Redis

from clinics import tenancy
from clinics.access_log import System
from clinics.models import Clinic, Membership
from clinics.sealed_columns import sealed_models
from moodvision import backup, scratch
from moodvision.embedded import addresses
from patients.models import Patient
from scoring.models import Alert
from tests import raw_scan
from tests.clinics.factories import make_clinic, make_member
from tests.conftest import signed_in
from tests.furnishing import Staff, furnish_clinic, furnish_patient
from tests.patients.factories import make_patient

pytestmark = pytest.mark.commits
BY = System("test")
PLANTED = {
    "clinics.clinicsafety.no_answer_protocol": "qx then ring the neighbour zv",
    "clinics.clinicsafety.service_statement": "qx we look each morning zv",
    "clinics.holiday.name": "qx day of the founder zv",
    "clinics.logreview.conclusion": "qx nothing unusual zv",
    "clinics.memberaddress.address": "+495559173366",
    "clinics.memberaddress.label": "qx telephone of the ward zv",
    "clinics.membership.name": "Qxmember Zvname",
    "clinics.staffinvitation.email": "qxinvited@zvmail.example",
    "clinics.staffinvitation.name": "Qxinvited Zvname",
    "inference.readingcontest.reason": "qx I was laughing zv",
    "patients.breakglass.conclusion": "qx there was no other way zv",
    "patients.breakglass.delay_reason": "qx it would do harm zv",
    "patients.breakglass.reason": "qx found unconscious zv",
    "inference.explanation.picture": "qx a map over a face zv",
    "patients.capture.image": "qx pixels of a face zv",
    "patients.checkin.note": "qx I did not sleep zv",
    "patients.correction.before": "qx I slept well zv",
    "patients.emergencycontact.conditions": "qx not before noon zv",
    "patients.emergencycontact.name": "Qxsister Zvname",
    "patients.emergencycontact.phone": "+49 555 917 3388",
    "patients.emergencycontact.relation": "qx sister in law zv",
    "patients.fairnessanswers.age_band": "qx about ninety zv",
    "patients.fairnessanswers.sex": "qx another one zv",
    "patients.fairnessanswers.skin_tone": "qx a tone between zv",
    "patients.guardian.name": "Qxguardian Zvname",
    "patients.guardian.phone": "+49 555 917 3399",
    "patients.intake.language": "qx a dialect zv",
    "patients.intake.needs": "qx hears badly zv",
    "patients.intake.numbers": "+49 555 917 3366",
    "patients.intake.reason": "qx low for years zv",
    "patients.intake.safe_contact": "qx never at noon zv",
    "patients.intake.usual_location": "qx at the mill zv",
    "patients.legalhold.lift_reason": "qx the court is done zv",
    "patients.legalhold.reason": "qx court zv file",
    "patients.legalhold.told": "qx a court asked for it zv",
    "patients.notedraft.text": "qx she said that zv",
    "patients.ownplanpart.heading": "qx when it is loud zv",
    "patients.ownplanpart.text": "qx walk to the lake zv",
    "patients.patientaddress.address": "+495559173355",
    "patients.patientaddress.label": "qx phone of a friend zv",
    "patients.patientchoices.asked": "qxfriend@zvmail.example",
    "patients.patientchoices.sender_name": "Qxaunt Zvname",
    "patients.trustedperson.email": "qxfriend@zvmail.example",
    "patients.trustedperson.name": "Qxfriend Zvname",
    "patients.trustedperson.signed": "Qxsigned Zvname",
    "patients.trustedperson.words": "qx could you ring me zv",
    "patients.patient.birth_date": "1913-07-29",
    "patients.patient.email": "qxpatient@zvmail.example",
    "patients.patient.name": "Qxpatient Zvname",
    "patients.patient.notes": "qx admission zv notes",
    "patients.patient.phone": "+49 555 917 3377",
    "patients.questionnaireanswer.value": "9174411733862",
    "patients.rightsrequest.answer": "qx here is your copy zv",
    "patients.rightsrequest.extension_reason": "qx there is very much zv",
    "patients.rightsrequest.words": "qx please send me all zv",
    "patients.safetyplan.text": "qx call the sister first zv",
    "scoring.facesilence.reason": "qx a face like a mask zv",
    "scoring.facesilence.words": "qx since the stroke zv",
    "scoring.rulesetting.text": "qx ring the sister zv",
    "scoring.alert.note": "qx spoke with the sister zv",
    "scoring.alert.receiver": "Qxreceiver Zvclinic",
    "scoring.alert.spoken_with": "Qxsister Zvspoken",
    "scoring.alert.text": "qx the clinic words zv",
    "scoring.alertwords.text": "qx nobody answered zv",
    "scoring.alertwords.whom": "Qxneighbour Zvname",
}
TEXTS = list(PLANTED.values())


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """Everything any logger says, at its most talkative."""
    file = tmp_path / "everything.log"
    handler = logging.FileHandler(file)
    root, before = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    logging.getLogger("django.db.backends").setLevel(logging.INFO)  # the statements of DEBUG mode
    yield file
    root.removeHandler(handler)
    root.setLevel(before)
    handler.close()


@pytest.fixture
def planted(committing: str, log: Path) -> Clinic:
    """By the services that people's own pages call, and read again through the pages."""
    clinic = make_clinic("north")
    by = Staff(
        clinician=make_member(clinic, "clinician", PLANTED["clinics.membership.name"]),
        administrator=make_member(clinic, "administrator", "Ada Ahrens"),
        officer=make_member(clinic, "privacy_officer", "Olga Ott"),
    )
    patient = make_patient(clinic, PLANTED["patients.patient.name"])
    furnish_patient(patient, by, PLANTED.__getitem__)
    furnish_clinic(clinic, by, PLANTED.__getitem__)
    visit_pages(clinic, by.clinician, patient)
    return clinic


def visit_pages(clinic: Clinic, alice: Membership, patient: Patient) -> None:
    with tenancy.enter(clinic.pk):
        alert_id = Alert.objects.filter(rule=Alert.Rule.CALL_WANTED).values_list("pk", flat=True).get()
    browser = signed_in(alice)
    shown = browser.get(f"/c/north/patients/{patient.pk}/").text
    assert PLANTED["patients.patient.name"] in shown
    assert PLANTED["scoring.alert.note"] in browser.get(f"/c/north/alerts/{alert_id}/").text
    assert signed_in(patient).get("/c/north/me/").status_code == 200


def test_every_encrypted_field_was_planted(planted: Clinic) -> None:
    """A new encrypted field fails here until this file plants a text in it."""
    fields = {f"{sealed.label}.{field.name}" for sealed in sealed_models() for field in sealed.fields}
    assert fields == set(PLANTED)
    with psycopg.connect(backup.address()) as reader:
        for sealed in sealed_models():
            for field in sealed.fields:
                statement = f"SELECT count({field.column}) FROM {sealed.table}".encode()
                assert reader.execute(statement).fetchone() != (0,), f"{sealed.label}.{field.name}"


def test_no_column_of_any_table_holds_a_planted_text(planted: Clinic) -> None:
    assert raw_scan.in_columns(TEXTS) == []


def test_no_dump_holds_one(planted: Clinic, tmp_path: Path) -> None:
    made = backup.write(tmp_path / "dumps", tmp_path / "keys")
    for file in (made.dump, made.keys):
        assert raw_scan.in_dump(file, TEXTS) == []
    assert raw_scan.in_files([made.erased], TEXTS) == []


def test_redis_holds_none(planted: Clinic) -> None:
    with current_app.connection() as broker:
        broker.ensure_connection(max_retries=1)
    assert raw_scan.in_redis(TEXTS) == []


def test_no_log_holds_one(planted: Clinic, log: Path) -> None:
    assert log.stat().st_size > 0
    servers = list((settings.VAR_DIR / "embedded").glob("*.log"))
    assert servers or not settings.USES_EMBEDDED_POSTGRES
    assert raw_scan.in_files([log, *servers], TEXTS) == []


@pytest.mark.parametrize(
    "leak", ["{text}", "prefix {text} suffix", "{hex}", "{base64}", '{{"name": "{text}"}}']
)
def test_a_planted_plain_column_is_found(planted: Clinic, leak: str, tmp_path: Path) -> None:
    """The same scanners, on a column that somebody forgot to encrypt."""
    import base64

    text = TEXTS[1]
    leaked = leak.format(text=text, hex=text.encode().hex(), base64=base64.b64encode(text.encode()).decode())
    with scratch.owner_connection(connection.settings_dict["NAME"]) as owner:
        owner.execute("ALTER TABLE patients_checkin ADD COLUMN forgotten text")
        owner.execute("ALTER TABLE patients_checkin NO FORCE ROW LEVEL SECURITY")
        owner.execute("UPDATE patients_checkin SET forgotten = %s", [leaked])
    assert raw_scan.in_columns(TEXTS) == [f"{text} in patients_checkin.forgotten"]
    made = backup.write(tmp_path / "dumps", tmp_path / "keys")
    assert raw_scan.in_dump(made.dump, TEXTS) == [f"{text} in {made.dump.name}"]


def test_a_planted_redis_key_and_log_line_are_found(planted: Clinic, log: Path) -> None:
    address = settings.REDIS_URL or addresses.redis_url(settings.VAR_DIR)
    with Redis.from_url(address) as redis:
        redis.hset("moodvision_test:planted", mapping={"message": TEXTS[0]})
        try:
            assert raw_scan.in_redis(TEXTS) == [f"{TEXTS[0]} in Redis {b'moodvision_test:planted'!r}"]
        finally:
            redis.delete("moodvision_test:planted")
    logging.getLogger("planted").warning("could not send to %s", TEXTS[2])
    assert raw_scan.in_files([log], TEXTS) == [f"{TEXTS[2]} in {log.name}"]
