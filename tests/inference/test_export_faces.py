"""Faces leave the clinic's database for training by one command, with consent, and logged."""

import json
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from clinics import blind_index, policy, tenancy
from clinics.models import AccessLogEntry, ClinicSettings, Membership
from inference import registry, services
from inference.models import Reading
from inference.services import local_learning
from inference.training.dataset import load_faces
from patients import services as patient_services
from patients.models import Patient, Purpose
from tests.inference import photos
from tests.patients.factories import make_check_in, make_patient

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tiny_model")]
CONSENTS = (Purpose.FACIAL_ANALYSIS, Purpose.IMAGE_RETENTION, Purpose.LOCAL_LEARNING)


@pytest.fixture
def keeper(alice: Membership, monkeypatch: pytest.MonkeyPatch) -> Patient:
    monkeypatch.setattr(local_learning, "_is_held_out", lambda patient_id, lot: False)
    with tenancy.enter(alice.clinic_id):
        ClinicSettings.objects.update(image_retention_days=14)
    return make_patient(alice.clinic, "Kim Keeper", consents=CONSENTS)


def kept(patient: Patient) -> Reading:
    make_check_in(patient, image=photos.selfie())
    services.read_waiting(clinic=patient.clinic)
    with tenancy.enter(patient.clinic_id):
        return Reading.objects.select_related("patient").get(patient=patient)


def label(reading: Reading, by: Membership, seen: str = "sad") -> None:
    with tenancy.enter(reading.clinic_id):
        services.label_reading(reading=reading, seen=seen, by=by)


def export(out: Path) -> dict[str, object]:
    printed = StringIO()
    call_command("export_faces", "north", out=out, stdout=printed, stderr=StringIO())
    return dict(json.loads(printed.getvalue()))


def test_a_labelled_face_is_exported_as_the_classifier_saw_it(
    alice: Membership, keeper: Patient, tmp_path: Path
) -> None:
    reading = kept(keeper)
    label(reading, alice)
    said = export(tmp_path / "faces")
    faces = load_faces(tmp_path / "faces" / "training.npz")
    assert (len(faces), faces.labels.tolist()) == (1, [4])
    seen = registry.engine().face(photos.selfie())
    alike = np.corrcoef(faces.pixels[0].ravel(), seen.ravel())[0, 1]
    assert alike > 0.97  # what is kept is a re-encoding
    written = "".join(path.name for path in (tmp_path / "faces").iterdir()) + json.dumps(said)
    assert str(keeper.pk) not in written
    assert str(reading.pk) not in written
    with tenancy.enter(keeper.clinic_id):
        entry = AccessLogEntry.objects.get(action="faces.exported")
    assert (entry.patient_id, entry.kind) == (keeper.pk, "export")
    assert str(said["export"]) in entry.canonical


def test_what_was_exported_is_read_by_the_evaluation(
    alice: Membership, keeper: Patient, tmp_path: Path, tiny_model: Path
) -> None:
    label(kept(keeper), alice)
    export(tmp_path / "faces")
    printed = StringIO()
    data = tmp_path / "faces" / "training.npz"
    call_command("evaluate_classifier", data, weights=tiny_model, stdout=printed, stderr=StringIO())
    assert json.loads(printed.getvalue())["n"] == 1


def test_a_contested_face_without_a_label_waits_for_one(keeper: Patient, tmp_path: Path) -> None:
    reading = kept(keeper)
    with tenancy.enter(keeper.clinic_id):
        services.contest_reading(patient=keeper, reading_id=reading.pk)
    export(tmp_path / "faces")
    assert {path.name for path in (tmp_path / "faces").iterdir()} == {"contested.npz", "about.json"}


@pytest.mark.parametrize("purpose", CONSENTS)
def test_without_one_of_the_consents_no_face_leaves(
    alice: Membership, keeper: Patient, tmp_path: Path, purpose: str
) -> None:
    label(kept(keeper), alice)
    with tenancy.enter(keeper.clinic_id):
        patient_services.withdraw_consent(patient=keeper, purpose=purpose, by=keeper)
    refused(tmp_path / "faces")
    with tenancy.enter(keeper.clinic_id):
        assert not AccessLogEntry.objects.filter(action="faces.exported").exists()


def refused(out: Path, match: str = "no face that may be learnt from") -> None:
    with pytest.raises(CommandError, match=match):
        export(out)
    assert not out.exists()


def test_a_photo_nobody_contested_or_labelled_stays(keeper: Patient, tmp_path: Path) -> None:
    kept(keeper)
    refused(tmp_path / "faces")


def test_whose_processing_is_paused_is_left_out(alice: Membership, keeper: Patient, tmp_path: Path) -> None:
    label(kept(keeper), alice)
    with tenancy.enter(keeper.clinic_id):
        patient_services.restrict_processing(patient=keeper, by=keeper)
    refused(tmp_path / "faces")


def test_where_the_policy_forbids_it_nothing_is_written(
    alice: Membership, keeper: Patient, tmp_path: Path
) -> None:
    label(kept(keeper), alice)
    with tenancy.enter(keeper.clinic_id):
        policy.choose(clinic=keeper.clinic, jurisdiction="generic", by=alice)
    refused(tmp_path / "faces", match="does not allow local_learning")


def test_an_existing_folder_and_an_unknown_clinic_are_refused(keeper: Patient, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="exists already"):
        export(tmp_path)
    with pytest.raises(CommandError, match="no clinic"):
        call_command("export_faces", "nowhere", out=tmp_path / "faces")


def test_who_is_held_out_stays_so_in_every_export(alice: Membership, in_a: object) -> None:
    lot = blind_index.writing_key(alice.clinic_id)
    drawn = [local_learning._is_held_out(alice.pk, lot) for _again in range(3)]
    assert len(set(drawn)) == 1
