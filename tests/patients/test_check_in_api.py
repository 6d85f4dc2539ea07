import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from clinics.models import Membership
from clinics.viewsets import ClinicViewSet, PermissionNotStatedError
from patients.models import Patient
from tests.conftest import signed_in
from tests.patients import check_in_page as page
from tests.patients.test_refused_photos import REFUSED
from tests.shared_data import london_face

URL = "/api/c/north/check-ins/"


def send(person: Patient | Membership, *, key: str | None = None, **body: Any) -> Any:
    body = {"captured_at": timezone.now().isoformat(), "zone": "Europe/Berlin", **body}
    headers = {"Idempotency-Key": key or uuid.uuid4().hex}
    if "image" in body:
        body["image"] = SimpleUploadedFile("photo.jpg", body["image"], content_type="image/jpeg")
        return signed_in(person).post(URL, body, headers=headers)
    return signed_in(person).post(URL, json.dumps(body), content_type="application/json", headers=headers)


def test_answers_go_in_as_json_and_come_back(pat: Patient) -> None:
    response = send(pat, mood=3, note="tired")
    assert response.status_code == 201
    sent = response.json()
    assert (sent["mood"], sent["note"], sent["photo"], sent["capture_state"]) == (3, "tired", "none", None)
    assert signed_in(pat).get(f"{URL}{sent['id']}/").json() == sent


def test_a_photo_goes_in_as_multipart(pat: Patient) -> None:
    response = send(pat, image=london_face(), mood="8")
    assert response.status_code == 201
    assert (response.json()["photo"], response.json()["capture_state"]) == ("taken", "waiting")
    assert page.photos_kept(pat) == 1


def test_the_same_key_is_the_same_check_in_or_a_conflict(pat: Patient) -> None:
    key = uuid.uuid4().hex
    first, again, other = (send(pat, key=key, mood=mood) for mood in (5, 5, 6))
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.json() == again.json()
    assert other.json()["code"] == "idempotency_conflict"
    assert len(page.kept(pat)) == 1


@pytest.mark.parametrize(("code", "image"), REFUSED.values(), ids=REFUSED.keys())
def test_a_bad_photo_is_refused_by_the_same_rule_as_on_the_page(
    pat: Patient, code: str, image: bytes
) -> None:
    response = send(pat, image=image, mood="5")
    assert (response.status_code, response.json()["code"]) == (400, code)
    assert not page.kept(pat)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "nothing_to_keep"),
        ({"mood": 11}, "mood_out_of_range"),
        ({"mood": 5, "zone": "Mars/Base"}, "unknown_zone"),
        ({"mood": 5, "captured_at": "2026-01-01T10:00:00"}, "captured_at_without_offset"),
        (
            {"mood": 5, "captured_at": (timezone.now() + timedelta(days=1)).isoformat()},
            "captured_in_future",
        ),
    ],
)
def test_each_refusal_has_its_code(pat: Patient, body: dict[str, Any], code: str) -> None:
    response = send(pat, **body)
    assert (response.status_code, response.json()["code"]) == (400, code)
    assert not page.kept(pat)


def test_fields_that_cannot_be_read_are_named(pat: Patient) -> None:
    refused = send(pat, mood="seven", captured_at="yesterday")
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid")
    assert set(refused.json()["fields"]) == {"mood", "captured_at"}


def test_without_its_key_nothing_is_taken(pat: Patient) -> None:
    body = {"captured_at": timezone.now().isoformat(), "zone": "UTC", "mood": 5}
    response = signed_in(pat).post(URL, json.dumps(body), content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (400, "idempotency_key_invalid")


def test_strangers_404_members_403_nobody_403(pat: Patient, alice: Membership, mallory: Membership) -> None:
    one = f"{URL}{send(pat, mood=5).json()['id']}/"
    assert send(alice, mood=5).status_code == signed_in(alice).get(one).status_code == 403
    assert send(mallory, mood=5).status_code == signed_in(mallory).get(one).status_code == 404
    assert Client().post(URL).status_code == Client().get(one).status_code == 403
    assert signed_in(pat).get(f"{URL}{uuid.uuid4()}/").status_code == 404


def test_a_post_without_its_token_is_refused(pat: Patient) -> None:
    browser = Client(enforce_csrf_checks=True)
    assert pat.user is not None
    browser.force_login(pat.user)
    body = {"captured_at": timezone.now().isoformat(), "zone": "UTC", "mood": 5}
    response = browser.post(
        URL, json.dumps(body), content_type="application/json", headers={"Idempotency-Key": uuid.uuid4().hex}
    )
    assert response.status_code == 403
    assert not page.kept(pat)


def test_a_viewset_that_does_not_say_who_may_come_in_fails_at_import() -> None:
    with pytest.raises(PermissionNotStatedError):
        type("Open", (ClinicViewSet,), {})


def test_the_schema_is_for_those_who_are_signed_in(pat: Patient) -> None:
    assert Client().get("/api/schema/").status_code == 403
    schema = signed_in(pat).get("/api/schema/").json()
    assert set(schema["paths"]["/api/c/{clinic}/check-ins/"]) == {"post"}
