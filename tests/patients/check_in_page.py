"""The check-in page, as a browser posts to it."""

import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from clinics import tenancy
from patients.models import Capture, CheckIn, Patient
from tests.conftest import signed_in

URL = "/c/north/me/check-in/"


def post(
    patient: Patient, *, image: bytes | None = None, key: str | None = None, url: str = URL, **body: Any
) -> Any:
    body["idempotency_key"] = key or uuid.uuid4().hex
    if image is not None:
        body["image"] = SimpleUploadedFile("photo.jpg", image, content_type="image/jpeg")
    return signed_in(patient).post(url, body)


def codes(response: Any) -> list[str]:
    """The codes behind the errors a page shows."""
    form = response.context["form"]
    return [error.code for errors in form.errors.as_data().values() for error in errors]


def kept(patient: Patient) -> list[CheckIn]:
    with tenancy.enter(patient.clinic_id):
        return list(CheckIn.objects.filter(patient=patient).order_by("submitted_at"))


def photos_kept(patient: Patient) -> int:
    with tenancy.enter(patient.clinic_id):
        return Capture.objects.filter(check_in__patient=patient, image__isnull=False).count()
