"""Request bodies are bounded and never lie on a disk; the application as a web server calls it."""

import asyncio
import gc
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from pytest_django import Settings

from moodvision.asgi import application
from patients.models import Patient
from tests.clinics.factories import make_clinic
from tests.patients import check_in_page as page
from tests.patients import image_files
from tests.patients.factories import make_patient
from tests.scoring.sockets import cookies_of

pytestmark = pytest.mark.commits
MEGABYTE = 1024 * 1024
CHUNK_BYTES = 64 * 1024
TOKEN = "a" * 32


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    taken_bytes: int


@pytest.fixture
def patient(committing: str) -> Patient:
    return make_patient(make_clinic("north"), "Pat Petersen")


@pytest.fixture
def without_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whoever makes a temporary file fails."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))


def send(patient: Patient, photo_bytes: int, *, announced: bool = True) -> Answer:
    """A check-in with a photo of this size, in the pieces in which a web server passes it on."""
    photo = image_files.still("JPEG")
    photo += bytes(photo_bytes - len(photo))
    fields = {
        "image": SimpleUploadedFile("photo.jpg", photo, content_type="image/jpeg"),
        "mood": "5",
        "idempotency_key": "b" * 32,
        "csrfmiddlewaretoken": TOKEN,
    }
    body = encode_multipart(BOUNDARY, fields)
    headers = [
        (b"host", b"localhost"),
        (b"cookie", cookies_of(patient) + f"; csrftoken={TOKEN}".encode()),
        (b"content-type", MULTIPART_CONTENT.encode()),
    ]
    if announced:
        headers.append((b"content-length", str(len(body)).encode()))
    return async_to_sync(_exchange)(headers, body)


async def _exchange(headers: list[tuple[bytes, bytes]], body: bytes) -> Answer:
    taken = 0
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        nonlocal taken
        if taken >= len(body):
            await asyncio.Event().wait()  # the browser waits for its answer
        piece = body[taken : taken + CHUNK_BYTES]
        taken += len(piece)
        return {"type": "http.request", "body": piece, "more_body": taken < len(body)}

    async def collect(message: Any) -> None:
        sent.append(message)

    call: Any = application
    scope = {"type": "http", "method": "POST", "path": page.URL, "query_string": b"", "headers": headers}
    await call(scope, receive, collect)
    text = b"".join(message.get("body", b"") for message in sent).decode()
    return Answer(sent[0]["status"], text, taken)


@pytest.mark.usefixtures("without_disk")
def test_a_photo_that_is_too_large_is_said_so_and_touches_no_disk(patient: Patient) -> None:
    answer = send(patient, 12 * MEGABYTE)
    assert answer.status == 400
    assert "The photo is larger than 10 MB" in answer.text
    assert not page.kept(patient)


@pytest.mark.usefixtures("without_disk")
def test_a_photo_of_just_the_limit_is_taken_without_a_disk(patient: Patient) -> None:
    assert send(patient, 10 * MEGABYTE).status == 302
    assert page.photos_kept(patient) == 1


@pytest.mark.usefixtures("without_disk")
@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")
def test_the_net_sees_a_body_that_is_spooled(patient: Patient, settings: Settings) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10 * MEGABYTE
    with pytest.raises(FileNotFoundError) as raised:
        send(patient, 12 * MEGABYTE)
    del raised
    gc.collect()


def test_what_is_announced_too_large_is_not_even_taken(patient: Patient) -> None:
    answer = send(patient, 40 * MEGABYTE)
    assert (answer.status, answer.taken_bytes) == (413, 0)


def test_what_is_not_announced_is_counted(patient: Patient, settings: Settings) -> None:
    answer = send(patient, 40 * MEGABYTE, announced=False)
    assert answer.status == 413
    assert answer.taken_bytes <= settings.BODY_LIMIT_BYTES + CHUNK_BYTES


def test_form_fields_stay_bounded_by_djangos_own_limit(patient: Patient, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 40
    assert send(patient, MEGABYTE).status == 400
    assert not page.kept(patient)
