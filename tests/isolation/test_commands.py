"""What operators' commands print: numbers, ids and states, never a word somebody wrote about a patient."""

import io
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from clinics import tenancy
from clinics.models import Membership
from patients.models import Erasure, Patient
from scoring import services as scoring_services
from scoring.models import Alert
from tests.isolation.test_other_doors import COMMANDS, RUN
from tests.isolation.twins import CANARIES, Twin, make_twin

pytestmark = pytest.mark.commits


def commands(twin: Twin, folder: Path) -> Iterator[list[str]]:
    """Each with what it needs from the one before; refusals are printed too."""
    yield ["roles"]
    yield from of_models(folder)
    yield from of_keys(twin)
    yield from of_erasure(twin, folder)
    yield from of_log(folder)
    yield [
        *("create_clinic", "north", "--name", "North"),
        *("--admin-email", "ada@north.example", "--admin-name", "Ada"),
    ]


def of_models(folder: Path) -> Iterator[list[str]]:
    yield ["register_model", str(folder)]
    yield ["list_models"]
    yield ["pin_model", "north", "shipped"]
    yield ["pin_model", "north", "--unpin"]
    yield ["try_model", "nobody 1"]
    yield ["try_model", "--stop"]
    yield ["roll_back_model"]


def of_keys(twin: Twin) -> Iterator[list[str]]:
    yield ["rotate_keys", "wrapping"]
    yield ["rotate_keys", "patients", "--at-once"]
    yield ["rotate_keys", "patient", "--clinic", "north", "--patient", str(twin.ids["patient_id"])]


def of_erasure(twin: Twin, folder: Path) -> Iterator[list[str]]:
    patient = twin.people["patient"]
    assert isinstance(patient, Patient)
    record, of_patient = str(patient.record_number), ["north", str(patient.pk)]
    yield ["export_patient", "north", record, "--out", str(folder / "all.zip"), "--reason", "handover"]
    for step in ("hold", "request", "release", "request", "confirm"):
        yield ["erase_patient", step, *of_patient]
    clinician = twin.people["clinician"]
    assert isinstance(clinician, Membership)
    with tenancy.enter(twin.clinic.pk):
        for alert in Alert.objects.unresolved():
            scoring_services.resolve(alert_id=alert.pk, note=twin.canary, by=clinician)
        Erasure.objects.filter(patient_id=patient.pk).update(due_at=timezone.now() - timedelta(minutes=1))
    for step in ("run", "certificate", "cancel"):
        yield ["erase_patient", step, *of_patient]


def of_log(folder: Path) -> Iterator[list[str]]:
    file, tomorrow = str(folder / "log.jsonl"), timezone.now() + timedelta(days=2)
    yield ["verify_access_log"]
    yield ["export_access_log", "north", file]
    yield ["verify_access_log", "--file", file]
    yield ["resume_access_log", "--clinic", "north", "--reason", "looked into"]
    yield ["resume_access_log", "--platform", "--reason", "looked into"]
    yield ["close_access_log", "north", "--before", f"{tomorrow:%Y-%m-%d}", "--out", str(folder / "closed")]
    for closed in (folder / "closed").glob("*.jsonl"):
        yield ["remove_access_log", "north", str(closed)]


def test_no_command_prints_a_patients_words(
    committing: str,
    tmp_path: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    own, _other = make_twin("north"), make_twin("south")
    monkeypatch.setattr("builtins.input", lambda prompt="": f"{own.canary} says so")
    settings.ANCHOR_DIR, settings.MODELS_DIR = tmp_path / "anchors", tmp_path / "models"
    said, names = io.StringIO(), set()
    mail.outbox.clear()
    with caplog.at_level(logging.DEBUG):
        for command in commands(own, tmp_path):
            names.add(command[0])
            said.write(f"{' '.join(command[:2])}: ")
            try:
                call_command(*command, stdout=said, stderr=said)
            except (CommandError, SystemExit) as error:
                said.write(f"{type(error).__name__}: {error}\n")
    printed = capfd.readouterr()
    mails = "".join(f"{one.subject}{one.body}" for one in mail.outbox)
    heard = "".join((said.getvalue(), printed.out, printed.err, caplog.text, mails))
    assert names == {name for name, why in COMMANDS.items() if why == RUN}
    assert "erase_patient run: " in heard
    assert "Not now" not in heard, "it was erased in earnest"
    for canary in CANARIES.values():
        assert canary not in heard
