"""A photo is read once, its reading stored, and the photo dropped; whatever it shows, the worker lives on."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from clinics import keys, tenancy
from clinics.models import AccessLogEntry, Clinic, DataKey
from inference import registry, services, signals, tasks
from inference.emotions import EMOTIONS
from inference.exports import EXPORTER
from inference.models import Reading
from patients import services as patient_services
from patients.models import Capture, Patient, Purpose
from tests.clinics.factories import switch_off
from tests.inference import photos
from tests.inference.engine.packages import write_random_package
from tests.patients.factories import make_check_in, make_patient

pytestmark = pytest.mark.usefixtures("tiny_model")


def read_all(clinic: Clinic) -> list[Reading]:
    tasks.read_waiting(str(clinic.pk))
    with tenancy.enter(clinic.pk):
        return list(Reading.objects.order_by("captured_at").select_related("check_in__capture"))


def read_one(patient: Patient, image: bytes, **body: Any) -> Reading:
    make_check_in(patient, image=image, **body)
    (reading,) = read_all(patient.clinic)
    return reading


def test_a_selfie_becomes_seven_calibrated_probabilities(pat: Patient) -> None:
    reading = read_one(pat, photos.selfie(), mood=4)
    assert reading.is_scored
    assert reading.reason == ""
    assert sum(reading.probabilities or ()) == pytest.approx(1)
    assert reading.label in EMOTIONS
    assert (reading.patient_id, reading.captured_at) == (pat.pk, reading.check_in.captured_at)
    package = registry.active_package()
    named = (reading.model_name, reading.model_version, reading.model_sha256)
    assert named == (package.name, package.version, package.sha256)
    assert reading.detector
    assert reading.duration_ms > 0
    assert reading.quality
    assert set(reading.quality) == {"blur", "light", "size_px", "tilt_degrees"}
    assert reading.box
    assert len(reading.box) == 4


def test_an_answer_too_unsure_to_be_scored_is_kept_for_the_log_alone(
    pat: Patient, tmp_path: Path, settings: Settings
) -> None:
    settings.WEIGHTS_DIR = write_random_package(tmp_path / "shy", name="shy", abstain_below=1.0)
    reading = read_one(pat, photos.selfie())
    assert (reading.is_scored, reading.reason, reading.probabilities) == (False, "uncertain", None)
    assert (reading.model_name, bool(reading.input_hash)) == ("shy", True)
    assert sum(reading.withheld or ()) == pytest.approx(1)
    with tenancy.enter(pat.clinic_id):
        assert not Reading.objects.that_count().exists()
        [section] = [one for one in EXPORTER.sections(pat) if one.name == "readings"]
    [row] = section.rows
    assert str(row["withheld"]).startswith("angry 0.")
    make_check_in(pat, image=photos.empty_room())
    newest = max(read_all(pat.clinic), key=lambda one: one.created_at)
    assert (newest.reason, newest.withheld) == ("no_face", None)


def test_the_image_and_its_key_are_gone_afterwards(pat: Patient) -> None:
    capture = read_one(pat, photos.selfie()).check_in.capture
    assert (capture.state, capture.image) == (Capture.State.READ, None)
    with tenancy.enter(pat.clinic_id):
        assert not DataKey.objects.filter(scope="image").exists()
        assert AccessLogEntry.objects.filter(action="image.read", patient_id=pat.pk).count() == 1


@pytest.mark.parametrize(
    ("photo", "reason"),
    [
        (photos.empty_room, "no_face"),
        (photos.two_people, "several_faces"),
        (photos.blurred, "blurred"),
        (photos.dark, "too_dark"),
        (photos.tilted, "tilted"),
        (photos.far_away, "face_too_small"),
        (photos.truncated, "unreadable"),
        (photos.corrupt, "unreadable"),
        (photos.lying_header, "unreadable"),
    ],
)
def test_a_photo_that_shows_no_usable_face_keeps_its_check_in(
    pat: Patient, photo: Callable[[], bytes], reason: str
) -> None:
    reading = read_one(pat, photo(), mood=7)
    assert not reading.is_scored
    assert reading.reason == reason
    assert reading.probabilities is None
    assert reading.check_in.mood == 7
    assert reading.check_in.capture.image is None


def test_a_decompression_bomb_harms_nobody(pat: Patient) -> None:
    """What the child's limits end is unreadable; as large as this one it is still only a black picture."""
    assert read_one(pat, photos.bomb()).reason in {"unreadable", "too_dark"}
    make_check_in(pat, image=photos.selfie())
    assert read_all(pat.clinic)[-1].is_scored


@pytest.mark.parametrize(
    "photo",
    [
        photos.selfie,
        lambda: photos.selfie("PNG"),
        lambda: photos.selfie("WEBP"),
        photos.multi_picture,
        photos.polyglot,
    ],
    ids=["jpeg", "png", "webp", "multi-picture jpeg", "polyglot"],
)
def test_every_taken_format_is_read(pat: Patient, photo: Callable[[], bytes]) -> None:
    assert read_one(pat, photo()).is_scored


def test_a_batch_says_what_single_readings_say(pat: Patient) -> None:
    images = [
        photos.selfie(),
        photos.empty_room(),
        photos.encoded(photos.portrait().rotate(8)),
        photos.dark(),
    ]
    for minutes, image in enumerate(images):
        make_check_in(pat, image=image, captured_at=timezone.now() - timedelta(hours=1, minutes=-minutes))
    together = read_all(pat.clinic)
    alone = [registry.engine().read([image])[0] for image in images]
    assert [reading.reason for reading in together] == [answer.reason or "" for answer in alone]
    for reading, answer in zip(together, alone, strict=True):
        if answer.probabilities:
            assert reading.probabilities == pytest.approx(answer.probabilities, abs=1e-6)


def test_reading_twice_finds_nothing_to_do(pat: Patient) -> None:
    read_one(pat, photos.selfie())
    assert services.read_waiting(clinic=pat.clinic) == 0
    assert len(read_all(pat.clinic)) == 1


def test_a_ring_for_a_clinic_that_is_gone_does_nothing(db: None) -> None:
    tasks.read_waiting(str(uuid.uuid4()))


def test_consent_withdrawn_while_waiting_drops_the_photo_unread(pat: Patient) -> None:
    make_check_in(pat, image=photos.selfie(), mood=3)
    with tenancy.enter(pat.clinic_id):
        patient_services.withdraw_consent(patient=pat, purpose=Purpose.FACIAL_ANALYSIS, by=pat)
        reading = Reading.objects.select_related("check_in__capture").get()
        assert not DataKey.objects.filter(scope="image").exists()
    assert reading.reason == "consent_missing"
    assert reading.model_name == ""
    assert reading.check_in.mood == 3
    capture = reading.check_in.capture
    assert (capture.state, capture.image) == (Capture.State.DROPPED, None)
    assert services.read_waiting(clinic=pat.clinic) == 0


def test_consent_is_asked_again_before_reading(pat: Patient) -> None:
    make_check_in(pat, image=photos.selfie(), mood=3)
    with tenancy.enter(pat.clinic_id):
        patient_services.consents._decide(
            patient=pat, purpose=Purpose.FACIAL_ANALYSIS, is_granted=False, by=pat
        )
    assert [reading.reason for reading in read_all(pat.clinic)] == ["consent_missing"]


def test_a_clinic_that_stops_analysing_photos_reads_no_more(pat: Patient) -> None:
    make_check_in(pat, image=photos.selfie())
    switch_off(pat.clinic, Purpose.FACIAL_ANALYSIS)
    assert [reading.reason for reading in read_all(pat.clinic)] == ["not_allowed"]


@pytest.mark.parametrize(
    ("change", "reason"), [({"legal_status": "detained"}, "face_off"), ({"state": "discharged"}, "closed")]
)
def test_what_a_patients_standing_forbids_is_not_read(
    pat: Patient, change: dict[str, str], reason: str
) -> None:
    """Past the services: the row was changed by hand, so no news dropped the photo."""
    make_check_in(pat, image=photos.selfie())
    with tenancy.enter(pat.clinic_id):
        Patient.objects.filter(pk=pat.pk).update(**change)
    assert [reading.reason for reading in read_all(pat.clinic)] == [reason]
    with tenancy.enter(pat.clinic_id):
        assert Capture.objects.get().image is None


@pytest.mark.parametrize("harm", ["tampered", "shredded"])
def test_an_image_that_does_not_decrypt_is_unreadable(pat: Patient, harm: str) -> None:
    capture = make_check_in(pat, image=photos.selfie()).capture
    make_check_in(pat, image=photos.empty_room())
    with tenancy.enter(pat.clinic_id):
        if harm == "shredded":
            keys.drop(capture.sealed_under())
        else:
            _flip_last_byte(capture)
    keys.forget()
    assert sorted(reading.reason for reading in read_all(pat.clinic)) == ["no_face", "unreadable"]


def _flip_last_byte(capture: Capture) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE patients_capture SET image = set_byte(image, length(image) - 1, "
            "get_byte(image, length(image) - 1) # 1) WHERE id = %s",
            [capture.pk],
        )


def test_the_news_names_readings_and_patients(pat: Patient, clinic_a: Clinic) -> None:
    other = make_patient(clinic_a, "Quinn Quast")
    heard: list[dict[str, object]] = []

    def hear(**news: object) -> None:
        heard.append(news)

    signals.readings_stored.connect(hear)
    try:
        for patient in (pat, other):
            make_check_in(patient, image=photos.empty_room())
        readings = read_all(clinic_a)
    finally:
        signals.readings_stored.disconnect(hear)
    (news,) = heard
    assert news["clinic_id"] == clinic_a.pk
    assert news["patient_ids"] == sorted([pat.pk, other.pk])
    assert {reading.pk for reading in news["readings"]} == {reading.pk for reading in readings}  # type: ignore[attr-defined]


def test_a_synthetic_check_in_gives_a_synthetic_reading(pat: Patient) -> None:
    assert read_one(pat, photos.empty_room(), is_synthetic=True).is_synthetic
