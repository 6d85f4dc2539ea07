"""The restore that nobody wants to try out first in an emergency: an older dump with the younger keys.

In databases of its own: two patients, a dump, one of them erased, keys and list backed up, the older dump
restored with them. Then it looks: what is unreadable, what came back in plain, whether the list was replayed.
"""

import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.test import override_settings
from django.utils import timezone

from clinics import keys, tenancy
from clinics import services as clinic_services
from clinics.access_log import System
from clinics.keys import Shredded
from clinics.models import Clinic, ClinicSettings
from moodvision import backup, scratch
from moodvision.backup import Backup
from patients import erasure
from patients import services as patient_services
from patients.models import CheckIn, Patient

DRILL = System("drill")
NOTE = "a note that only the keys open"
MOOD = 7
FAST_HASHES = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])


def run() -> dict[str, Any]:
    """What was found; `passed` says whether all of it is as it must be."""
    with tempfile.TemporaryDirectory(prefix="moodvision-drill-") as folder:
        place = Path(folder)
        with scratch.migrated_database("drill"), FAST_HASHES:
            clinic = _clinic()
            kept, erased = _patient(clinic, "Kay Kept"), _patient(clinic, "Ella Erased")
            older = backup.write(place / "dumps", place / "keys")
            _erase(clinic, erased)
            younger = backup.write(place / "dumps", place / "keys")
            files = Backup(older.dump, younger.keys, younger.erased)
            with _restored(files):
                found = _look(clinic, kept, erased) | _replay(files, clinic, kept, erased)
    keys.forget()
    return {**found, "passed": all(value is True for value in found.values())}


def _clinic() -> Clinic:
    admin = clinic_services.create_account(email="drill@example.org", password=uuid.uuid4().hex)
    clinic = clinic_services.create_clinic(
        slug="drill", name="Drill", time_zone="UTC", admin=admin, admin_name="Dora Drill"
    )
    with tenancy.enter(clinic.pk):
        ClinicSettings.objects.update(erasure_cooling_off_days=0, record_retention_years=0)
    return clinic


def _patient(clinic: Clinic, name: str) -> Patient:
    with tenancy.enter(clinic.pk):
        patient = patient_services.admit_patient(clinic=clinic, name=name, by=DRILL, is_synthetic=True)
        patient_services.submit_check_in(
            patient=patient,
            by=DRILL,
            idempotency_key=uuid.uuid4().hex,
            captured_at=timezone.now(),
            zone="UTC",
            mood=MOOD,
            note=NOTE,
        )
    return patient


def _erase(clinic: Clinic, patient: Patient) -> None:
    with tenancy.enter(clinic.pk):
        wish = patient_services.request_erasure(patient=patient, by=DRILL)
        patient_services.confirm_erasure(wish=wish, by=DRILL)
    patient_services.run_erasure(clinic=clinic, erasure_id=wish.pk)


@contextmanager
def _restored(files: Backup) -> Iterator[None]:
    """The older dump with the younger keys, before anything is replayed."""
    name = scratch.create("restored")
    try:
        backup.restore_rows(files, name)
        keys.forget()
        with scratch.pointed_at(name, "default", "owner"):
            yield
    finally:
        scratch.drop(name)


def _look(clinic: Clinic, kept: Patient, erased: Patient) -> dict[str, bool]:
    with tenancy.enter(clinic.pk):
        return {
            "others_are_readable": Patient.objects.get(pk=kept.pk).name == kept.name and _note(kept) == NOTE,
            "erased_rows_came_back": CheckIn.objects.filter(patient_id=erased.pk, mood=MOOD).exists(),
            "erased_name_is_unreadable": _is_shredded(erased),
            "erased_note_is_unreadable": _note(erased) is None,
        }


def _replay(files: Backup, clinic: Clinic, kept: Patient, erased: Patient) -> dict[str, bool]:
    replayed = backup.replay(files.erased)
    again = backup.replay(files.erased)
    with tenancy.enter(clinic.pk):
        left = erasure.scan(erased.pk, ignoring=set(erasure.KEPT))
        return {
            "list_was_replayed": (replayed, again) == (1, 0),
            "nothing_of_the_erased_is_left": not left,
            "others_are_untouched": _note(kept) == NOTE,
        }


def _is_shredded(patient: Patient) -> bool:
    try:
        return not Patient.objects.get(pk=patient.pk).name
    except Shredded:
        return True


def _note(patient: Patient) -> str | None:
    try:
        return str(CheckIn.objects.get(patient_id=patient.pk).note)
    except Shredded:
        return None
