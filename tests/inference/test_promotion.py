"""A model of somebody else's making: registered, on trial, promoted through the gate, rolled back, pinned."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from pytest_django import Settings

from clinics import tenancy
from clinics.access_log import System
from clinics.errors import DomainError
from clinics.models import Clinic, PlatformLogEntry
from inference import gate, promotion, registry, services
from inference.emotions import EMOTIONS
from inference.engine.classify import Classifier
from inference.engine.errors import ModelPackageError
from inference.models import ModelPin, Reading, RegisteredModel, ShadowReading
from inference.training.dataset import Faces
from patients.models import Patient
from tests.inference import photos
from tests.inference.engine.packages import write_foreign_package, write_random_package
from tests.inference.factories import make_reading
from tests.patients.factories import make_check_in, make_patient

pytestmark = pytest.mark.usefixtures("tiny_model", "models_dir")
BY = System("test")
DESCRIBED = {"licence": "none", "data": "none", "intended_use": "tests", "metrics": {}}
GREY_64 = {"width": 64, "height": 64, "channels": 1, "crop_margin": 0.0, "deviation": 60.0}
CALIBRATED = {
    "temperature": 1.0,
    "abstain_below": 0.0,
    "confusion": {"counts": (np.eye(7) * 10).tolist()},
    "reference_shares": [1 / 7] * 7,
    "metrics": {},
}


@pytest.fixture
def models_dir(tmp_path: Path, settings: Settings) -> Path:
    settings.MODELS_DIR = tmp_path / "registered"
    return tmp_path / "registered"


def foreign(directory: Path, **entries: Any) -> Path:
    return write_foreign_package(directory, EMOTIONS, **({"input": GREY_64} | CALIBRATED | entries))


def registered(directory: Path, **entries: Any) -> RegisteredModel:
    return promotion.register_model(foreign(directory, **entries), by=BY)


def in_force(model: RegisteredModel) -> RegisteredModel:
    """As after a passed gate."""
    model.gate = {"passed": True, "checks": []}
    model.save()
    promotion._put_in_force(model, RegisteredModel.objects.filter(state="active").first())
    return model


def golden(rows: int = 140) -> Faces:
    pixels = np.random.default_rng(0).integers(0, 256, (rows, 48, 48), dtype=np.uint8)
    return Faces(pixels, np.arange(rows) % 7)


def read_one(patient: Patient) -> Reading:
    make_check_in(patient, image=photos.selfie())
    services.read_waiting(clinic=patient.clinic)
    with tenancy.enter(patient.clinic_id):
        return Reading.objects.latest("created_at")


@pytest.mark.django_db
def test_a_registered_model_reads_nobody_yet(tmp_path: Path, pat: Patient) -> None:
    model = registered(tmp_path / "model")
    assert (model.state, model.sha256) == ("registered", registry.package_of(model).sha256)
    assert read_one(pat).model_name == "random"
    assert PlatformLogEntry.objects.filter(action="model.registered").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"licence": " "}, "licence"),
        ({"intended_use": ""}, "intended_use"),
        ({"labels": ["happy"]}, "labels"),
    ],
)
def test_a_model_that_does_not_say_what_it_is_is_refused(
    tmp_path: Path, models_dir: Path, changes: dict[str, Any], says: str
) -> None:
    directory = foreign(tmp_path / "model")
    manifest = json.loads((directory / "manifest.json").read_text())
    (directory / "manifest.json").write_text(json.dumps(manifest | changes))
    with pytest.raises(CommandError, match=says):
        call_command("register_model", directory)
    assert not RegisteredModel.objects.exists()
    assert not models_dir.exists()


@pytest.mark.django_db
def test_an_unevaluated_model_is_refused(tmp_path: Path) -> None:
    directory = write_foreign_package(tmp_path / "model", EMOTIONS, input=GREY_64)
    with pytest.raises(ModelPackageError, match="calibrate_model"):
        promotion.register_model(directory, by=BY)


@pytest.mark.django_db
def test_a_name_and_version_stand_for_one_file(tmp_path: Path) -> None:
    registered(tmp_path / "one")
    with pytest.raises(DomainError, match="registered_already"):
        registered(tmp_path / "two")


@pytest.mark.django_db
def test_the_shipped_models_name_is_its_own(tmp_path: Path) -> None:
    """A fine-tuned package that kept the name would be scored by the other's confusion."""
    shipped = registry.active_package()
    with pytest.raises(DomainError, match="name_taken"):
        registered(tmp_path / "model", name=shipped.name, version=shipped.version)


@pytest.mark.django_db
def test_a_name_that_readings_carry_is_not_given_away(tmp_path: Path, pat: Patient) -> None:
    make_reading(pat, model_name="foreign", model_version="1", model_sha256="f" * 64)
    with pytest.raises(CommandError, match="give this one another name"):
        call_command("register_model", foreign(tmp_path / "model"))
    assert registered(tmp_path / "other", version="2").version == "2"


@pytest.mark.django_db
def test_the_commands_promote_and_roll_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(gate, "FEWEST_FACES", 0)
    monkeypatch.setattr(gate, "_judges", [])
    golden = all_right_for_the_shipped_model()
    np.savez(tmp_path / "golden.npz", pixels=golden.pixels, label=golden.labels)
    call_command("register_model", write_random_package(tmp_path / "same", name="same", **DESCRIBED))
    call_command("register_model", foreign(tmp_path / "worse"))
    with pytest.raises(CommandError, match="foreign 1 stays out of force: no_class_worse"):
        call_command("promote_model", "foreign 1", golden=tmp_path / "golden.npz")
    call_command("promote_model", "same 0", golden=tmp_path / "golden.npz")
    assert RegisteredModel.objects.get(state="active").name == "same"
    with pytest.raises(CommandError, match="in force already"):
        call_command("promote_model", "same 0", golden=tmp_path / "golden.npz")
    with pytest.raises(CommandError, match="no registered model"):
        call_command("promote_model", "same 9", golden=tmp_path / "golden.npz")
    with pytest.raises(CommandError, match="there are no data"):
        call_command("promote_model", "same 0", golden=tmp_path / "nowhere")
    call_command("roll_back_model")
    assert "The shipped model is in force" in capsys.readouterr().out
    with pytest.raises(CommandError, match="nothing to go back to"):
        call_command("roll_back_model")


@pytest.mark.django_db
def test_files_altered_after_registration_are_not_used(tmp_path: Path) -> None:
    model = registered(tmp_path / "model")
    manifest = registry.folder_of(model) / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"temperature": 1.0', '"temperature": 0.1'))
    with pytest.raises(ModelPackageError, match="not those that were registered"):
        registry.package_of(model)


@pytest.mark.django_db
def test_the_active_model_reads_and_is_named(tmp_path: Path, pat: Patient) -> None:
    in_force(registered(tmp_path / "model"))
    reading = read_one(pat)
    assert (reading.model_name, reading.model_version) == ("foreign", "1")
    assert sum(reading.probabilities or ()) == pytest.approx(1)


@pytest.mark.django_db
def test_a_model_on_trial_reads_beside_and_counts_for_nothing(tmp_path: Path, pat: Patient) -> None:
    model = registered(tmp_path / "model")
    promotion.start_trial(model, by=BY)
    reading = read_one(pat)
    assert reading.model_name == "random"
    with tenancy.enter(pat.clinic_id):
        shadow = ShadowReading.objects.get()
    assert (shadow.reading_id, shadow.model_sha256) == (reading.pk, model.sha256)
    assert sum(shadow.shares or ()) == pytest.approx(1)


@pytest.mark.django_db
def test_a_trial_that_fails_costs_nobody_their_reading(
    tmp_path: Path, pat: Patient, caplog: pytest.LogCaptureFixture
) -> None:
    model = registered(tmp_path / "model")
    promotion.start_trial(model, by=BY)
    (registry.folder_of(model) / "model.onnx").unlink()
    registry._package.cache_clear()
    assert read_one(pat).is_scored
    assert "on trial could not read" in caplog.text
    with tenancy.enter(pat.clinic_id):
        assert not ShadowReading.objects.exists()


@pytest.mark.django_db
def test_list_models_tells_how_a_trial_compares(
    tmp_path: Path, pat: Patient, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("register_model", foreign(tmp_path / "model"))
    call_command("try_model", "foreign 1")
    read_one(pat)
    capsys.readouterr()
    call_command("list_models")
    line = json.loads(capsys.readouterr().out)
    assert (line["name"], line["state"], line["trial"]["photos"]) == ("foreign", "shadow", 1)
    call_command("try_model", "--stop")
    assert RegisteredModel.objects.get().state == "registered"


@pytest.mark.django_db
def test_a_worse_model_stays_out_of_force_and_the_verdict_is_kept(tmp_path: Path) -> None:
    model = registered(tmp_path / "model")
    verdict = promotion.promote_model(model, golden=all_right_for_the_shipped_model(), by=BY)
    failed = [check.name for check in verdict.checks if not check.passed]
    assert "no_class_worse" in failed
    model.refresh_from_db()
    assert (model.state, (model.gate or {})["passed"]) == ("registered", False)
    assert PlatformLogEntry.objects.filter(action="model.promoted").count() == 1


@pytest.mark.django_db
def test_a_model_no_worse_is_promoted_and_rolled_back(
    tmp_path: Path, pat: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "FEWEST_FACES", 0)  # the tiny model knows some emotions only
    monkeypatch.setattr(gate, "_judges", [])  # and no patient can be simulated with those
    same = write_random_package(tmp_path / "same", name="same", **DESCRIBED)
    model = promotion.register_model(same, by=BY)
    verdict = promotion.promote_model(model, golden=all_right_for_the_shipped_model(), by=BY)
    assert verdict.passed, verdict
    assert read_one(pat).model_name == "same"
    assert promotion.roll_back(by=BY) is None
    assert read_one(pat).model_name == "random"
    with pytest.raises(DomainError, match="nothing_to_roll_back"):
        promotion.roll_back(by=BY)


@pytest.mark.django_db
def test_rolling_back_brings_back_the_one_before(tmp_path: Path) -> None:
    first = in_force(registered(tmp_path / "one"))
    second = in_force(registered(tmp_path / "two", version="2", input=GREY_64 | {"width": 32, "height": 32}))
    assert registry_states() == {first.pk: "retired", second.pk: "active"}
    assert promotion.roll_back(by=BY) == first
    assert registry_states() == {first.pk: "active", second.pk: "retired"}


@pytest.mark.django_db
def test_a_pinned_clinic_stays_with_its_model(tmp_path: Path, pat: Patient, clinic_b: Clinic) -> None:
    model = in_force(registered(tmp_path / "model"))
    with tenancy.enter(pat.clinic_id):
        promotion.pin_model(None, clinic=pat.clinic, by=BY)
    assert read_one(pat).model_name == "random"
    assert read_one(make_patient(clinic_b, "Bea Bell")).model_name == "foreign"
    call_command("pin_model", pat.clinic.slug, "--unpin")
    assert read_one(pat).model_name == "foreign"
    with tenancy.enter(pat.clinic_id):
        assert not ModelPin.objects.exists()
    assert str(model) == "foreign 1"


@pytest.mark.django_db
def test_a_model_that_did_not_pass_the_gate_cannot_be_pinned(tmp_path: Path, pat: Patient) -> None:
    registered(tmp_path / "model")
    with pytest.raises(CommandError, match="gate"):
        call_command("pin_model", pat.clinic.slug, "foreign 1")


@pytest.mark.django_db
def test_the_database_lets_no_model_around_the_gate(tmp_path: Path) -> None:
    registered(tmp_path / "model")
    with pytest.raises(IntegrityError, match="active_only_through_the_gate"), transaction.atomic():
        RegisteredModel.objects.update(state="active")


def test_a_golden_set_without_an_emotion_judges_nothing() -> None:
    faces = golden()
    few = faces.rows(faces.labels != 1)
    package = registry.active_package()
    verdict = gate.judge(package, package, few)
    assert "golden_set" in [check.name for check in verdict.checks if not check.passed]


def all_right_for_the_shipped_model() -> Faces:
    """Patterns, labelled as the shipped model answers."""
    tiles = np.random.default_rng(0).choice(np.array([0, 255], dtype=np.uint8), (200, 4, 4))
    faces = np.tile(tiles, (1, 12, 12))
    return Faces(faces, Classifier(registry.active_package()).probabilities(faces).argmax(1))


def registry_states() -> dict[Any, str]:
    return dict(RegisteredModel.objects.values_list("pk", "state"))
