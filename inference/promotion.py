"""The life of a classifier here: registered, on trial, promoted through a gate, rolled back."""

import hashlib
import shutil
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from clinics import access_log, tenancy
from clinics.access_log import System
from clinics.errors import DomainError
from clinics.models import Clinic
from inference import gate, registry
from inference.engine.classify import Classifier
from inference.engine.errors import ModelPackageError
from inference.engine.package import MANIFEST, ModelPackage, load_package
from inference.models import ModelPin, Reading, RegisteredModel
from inference.training.dataset import SPLITS, Faces

DESCRIBED = ("licence", "data", "intended_use")
State = RegisteredModel.State


def register_model(directory: Path, *, by: System) -> RegisteredModel:
    """Copies a checked package into MODELS_DIR; it reads nobody's face yet.

    Raises ModelPackageError where the package is not whole, not evaluated or does not say what it is for.
    """
    package = load_package(directory)
    _refuse_undescribed(package, directory)
    Classifier(package)
    manifest = (directory / MANIFEST).read_bytes()
    if RegisteredModel.objects.filter(name=package.name, version=package.version).exists():
        raise DomainError(
            "registered_already", f"{package.label} is registered already: give it another version."
        )
    _refuse_taken_name(package)
    if RegisteredModel.objects.filter(sha256=package.sha256).exists():
        raise DomainError("registered_already", "This file is registered already, under another name.")
    folder = f"{package.sha256[:16]}-{uuid.uuid4().hex[:8]}"
    _copy(directory, package, manifest, Path(settings.MODELS_DIR) / folder)
    model = RegisteredModel(
        name=package.name,
        version=package.version,
        sha256=package.sha256,
        manifest_sha256=hashlib.sha256(manifest).hexdigest(),
        folder=folder,
    )
    with transaction.atomic():
        model.save(force_insert=True)
        _log("model.registered", model, by)
    return model


@transaction.atomic
def start_trial(model: RegisteredModel, *, by: System) -> None:
    """The model reads beside the one in force; whatever was on trial before is not any more."""
    _end_trials()
    model = _locked(model)
    if model.state == State.ACTIVE:
        raise DomainError("in_force", f"{model} is in force.")
    registry.package_of(model)
    _move(model, State.SHADOW)
    _log("model.on_trial", model, by)


@transaction.atomic
def end_trial(*, by: System) -> None:
    for model in _end_trials():
        _log("model.trial_ended", model, by)


def promote_model(model: RegisteredModel, *, golden: Faces, by: System) -> gate.Verdict:
    """Puts a model in force if the gate lets it through; the verdict is kept either way."""
    _refuse_trained_on(golden)
    replaced = RegisteredModel.objects.filter(state=State.ACTIVE).first()
    if replaced == model:
        raise DomainError("in_force", f"{model} is in force already.")
    verdict = gate.judge(registry.package_of(model), registry.package_of(replaced), golden)
    with transaction.atomic():
        model = _locked(model)
        model.gate = verdict.as_json()
        model.save(update_fields=["gate"])
        if verdict.passed:
            _put_in_force(model, replaced)
        _log("model.promoted", model, by, outcome="ok" if verdict.passed else "refused")
    return verdict


@transaction.atomic
def roll_back(*, by: System) -> RegisteredModel | None:
    """What was in force before the active model is again; None is the shipped one."""
    active = RegisteredModel.objects.select_for_update().filter(state=State.ACTIVE).first()
    if active is None:
        raise DomainError(
            "nothing_to_roll_back", "The shipped model is in force: there is nothing to go back to."
        )
    before = active.replaced
    if before is not None:
        registry.package_of(before)
    _move(active, State.RETIRED)
    if before is not None:
        _move(before, State.ACTIVE)
    _log("model.rolled_back", active, by)
    return before


def pin_model(model: RegisteredModel | None, *, clinic: Clinic, by: System) -> None:
    """The clinic that was entered stays with this model, which passed the gate; None is the shipped one."""
    if model is not None:
        if not (model.gate or {}).get("passed"):
            raise DomainError(
                "not_through_the_gate", f"{model} has not passed the gate: promote_model tries it."
            )
        registry.package_of(model)
    ModelPin.objects.update_or_create(clinic=clinic, defaults={"model": model, "pinned_at": timezone.now()})
    access_log.record("model.pinned", by=by, model=str(model) if model else "shipped")


def unpin_model(*, clinic: Clinic, by: System) -> None:
    ModelPin.objects.filter(clinic=clinic).delete()
    access_log.record("model.unpinned", by=by)


def _refuse_trained_on(golden: Faces) -> None:
    """Whoever learned a row by heart is no better on patients."""
    if golden.usage is not None and (golden.usage == SPLITS.index("Training")).any():
        raise DomainError(
            "trained_on",
            "The golden set holds Training rows, which models are trained on: name another split, "
            "for example --split PublicTest.",
        )


def _refuse_undescribed(package: ModelPackage, directory: Path) -> None:
    if missing := [name for name in DESCRIBED if not str(package.manifest.get(name, "")).strip()]:
        raise ModelPackageError(f"{directory / MANIFEST}: {', '.join(missing)} missing")
    if "metrics" not in package.manifest:
        raise ModelPackageError(f"{directory / MANIFEST}: metrics missing: run calibrate_model first")


def _refuse_taken_name(package: ModelPackage) -> None:
    """A name and version stand for one file for ever: by them scores look up a reading's confusion."""
    shipped = registry.active_package()
    is_taken = shipped.label == package.label and shipped.sha256 != package.sha256
    for clinic in () if is_taken else Clinic.objects.order_by("slug"):
        with tenancy.enter(clinic.pk):
            named = Reading.objects.filter(model_name=package.name, model_version=package.version)
            is_taken = is_taken or named.exclude(model_sha256=package.sha256).exists()
    if is_taken:
        raise DomainError(
            "name_taken",
            f"Another file has read photos, or is shipped, as {package.label}: give this one another name or "
            "version.",
        )


def _copy(source: Path, package: ModelPackage, manifest: bytes, target: Path) -> None:
    """What was checked, not what lies there by now; half a copy is no copy."""
    try:
        target.mkdir(parents=True)
        (target / str(package.manifest["file"])).write_bytes(package.model)
        (target / MANIFEST).write_bytes(manifest)
    except OSError as error:
        shutil.rmtree(target, ignore_errors=True)
        raise ModelPackageError(f"{target} cannot be written ({error.strerror})") from None


def _put_in_force(model: RegisteredModel, replaced: RegisteredModel | None) -> None:
    if replaced is not None:
        _move(_locked(replaced), State.RETIRED)
    model.replaced = replaced
    model.promoted_at = timezone.now()
    model.state = State.ACTIVE
    model.save(update_fields=["replaced", "promoted_at", "state"])


def _end_trials() -> list[RegisteredModel]:
    on_trial = list(RegisteredModel.objects.select_for_update().filter(state=State.SHADOW))
    for model in on_trial:
        _move(model, State.REGISTERED)
    return on_trial


def _locked(model: RegisteredModel) -> RegisteredModel:
    return RegisteredModel.objects.select_for_update().get(pk=model.pk)


def _move(model: RegisteredModel, state: str) -> None:
    model.state = state
    model.save(update_fields=["state"])


def _log(action: str, model: RegisteredModel, by: System, *, outcome: str = "ok", **detail: Any) -> None:
    access_log.record_on_platform(
        action, by=by, outcome=outcome, model=str(model), sha256=model.sha256, **detail
    )
