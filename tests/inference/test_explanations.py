"""A reader asks where the program looked; a worker draws it; it goes with the photo."""

from pathlib import Path

import numpy as np
import pytest
from django.urls import reverse

from bench.explanations import measure, some_of_each
from clinics import tenancy
from clinics.access_log import System
from clinics.errors import DomainError
from clinics.models import AccessLogEntry, ClinicSettings, Membership
from inference import services, tasks
from inference.engine.classify import Classifier
from inference.engine.explaining import METHODS
from inference.engine.package import load_package
from inference.models import Explanation, Reading
from inference.training.dataset import load_faces
from patients import services as patient_services
from patients.models import Capture, Patient, Purpose
from tests.conftest import signed_in
from tests.inference import photos
from tests.inference.engine.packages import COMMITTED
from tests.inference.factories import make_reading
from tests.patients.factories import make_check_in, make_patient
from tests.shared_data import SHARED, needs_shared

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tiny_model")]


@pytest.fixture
def keeper(alice: Membership) -> Patient:
    with tenancy.enter(alice.clinic_id):
        ClinicSettings.objects.update(image_retention_days=14)
    return make_patient(
        alice.clinic, "Kim Keeper", consents=(Purpose.FACIAL_ANALYSIS, Purpose.IMAGE_RETENTION)
    )


def kept_reading(patient: Patient) -> Reading:
    make_check_in(patient, image=photos.selfie())
    services.read_waiting(clinic=patient.clinic)
    with tenancy.enter(patient.clinic_id):
        reading = Reading.objects.select_related("check_in").get(patient=patient)
        assert Capture.objects.get(check_in=reading.check_in).image is not None
    return reading


def address(reading: Reading, name: str = "explanation", method: str = "activation") -> str:
    return reverse(f"inference:{name}", args=[reading.clinic.slug, reading.pk]) + f"?method={method}"


def only(patient: Patient) -> Explanation:
    with tenancy.enter(patient.clinic_id):
        return Explanation.objects.get()


@pytest.mark.parametrize("method", Explanation.Method.values)
def test_a_reader_asks_and_a_worker_draws(alice: Membership, keeper: Patient, method: str) -> None:
    reading = kept_reading(keeper)
    client = signed_in(alice)
    assert client.post(address(reading, method=method)).status_code == 302
    assert "being drawn" in client.get(address(reading, method=method)).text
    assert client.get(address(reading, "explanation_picture", method)).status_code == 404
    tasks.draw_explanations(str(keeper.clinic_id))
    page = client.get(address(reading, method=method)).text
    assert "What counted most for it" in page or "No part of the face" in page
    assert "not what moved the person" in page
    picture = client.get(address(reading, "explanation_picture", method))
    assert picture.content.startswith(b"\x89PNG")
    assert "no-store" in picture["Cache-Control"]
    with tenancy.enter(keeper.clinic_id):
        assert AccessLogEntry.objects.filter(action="reading.explained", patient_id=keeper.pk).count() == 1


def test_the_most_faithful_map_is_drawn_unless_another_is_asked_for(
    alice: Membership, keeper: Patient
) -> None:
    reading = kept_reading(keeper)
    plain = reverse("inference:explanation", args=[reading.clinic.slug, reading.pk])
    assert signed_in(alice).get(plain).text.count("the most faithful when tried") == 1
    signed_in(alice).post(plain)
    assert only(keeper).method == Explanation.MOST_FAITHFUL


def test_the_default_is_what_the_curves_of_the_committed_model_say() -> None:
    needs_shared()
    faces = load_faces(SHARED / "data" / "fer2013").split("PublicTest")
    classifier = Classifier(load_package(COMMITTED))
    areas, _times = measure(classifier, some_of_each(faces, 2))
    gains = {name: np.mean([found[1] - found[0] for found in areas[name]]) for name in METHODS}
    assert max(gains, key=lambda name: gains[name]) == Explanation.MOST_FAITHFUL, gains


def test_it_goes_with_the_photo(alice: Membership, keeper: Patient) -> None:
    reading = kept_reading(keeper)
    client = signed_in(alice)
    client.post(address(reading))
    tasks.draw_explanations(str(keeper.clinic_id))
    with tenancy.enter(keeper.clinic_id):
        patient_services.drop_kept_images(patient_id=keeper.pk)
    assert "not kept any more" in client.get(address(reading)).text
    assert client.get(address(reading, "explanation_picture")).status_code == 404
    tasks.sweep()
    with tenancy.enter(keeper.clinic_id):
        assert not Explanation.objects.exists()


def test_a_photo_dropped_while_it_is_drawn_leaves_nothing(alice: Membership, keeper: Patient) -> None:
    reading = kept_reading(keeper)
    signed_in(alice).post(address(reading))
    with tenancy.enter(keeper.clinic_id):
        [claimed] = services.explanations._claim()
        image = services.explanations._image(claimed)
    drawn = services.explanations._draw(claimed, image, None)
    assert drawn.picture
    with tenancy.enter(keeper.clinic_id):
        patient_services.drop_kept_images(patient_id=keeper.pk)
        services.explanations._store(claimed, drawn)
        assert not Explanation.objects.exists()


def test_without_consent_to_the_analysis_nothing_is_drawn(alice: Membership, keeper: Patient) -> None:
    reading = kept_reading(keeper)
    signed_in(alice).post(address(reading))
    with tenancy.enter(keeper.clinic_id):
        patient_services.withdraw_consent(patient=keeper, purpose=Purpose.FACIAL_ANALYSIS, by=keeper)
    tasks.draw_explanations(str(keeper.clinic_id))
    assert only(keeper).state == "failed"
    with tenancy.enter(keeper.clinic_id), pytest.raises(DomainError, match="not_allowed"):
        services.ask_for_explanation(reading=reading, method="lime", by=alice)


def test_nothing_is_explained_without_a_kept_photo(alice: Membership, pat: Patient) -> None:
    reading = make_reading(pat)
    with tenancy.enter(pat.clinic_id), pytest.raises(DomainError, match="photo_gone"):
        services.ask_for_explanation(reading=reading, method="lime", by=alice)
    assert "not kept any more" in signed_in(alice).get(address(reading)).text


def test_another_model_than_the_one_that_read_explains_nothing(
    alice: Membership, keeper: Patient, tiny_model: Path
) -> None:
    reading = kept_reading(keeper)
    with tenancy.enter(keeper.clinic_id):
        Reading.objects.update(model_sha256="f" * 64)
    client = signed_in(alice)
    client.post(address(reading))
    tasks.draw_explanations(str(keeper.clinic_id))
    assert only(keeper).state == "failed"
    assert "could not be drawn" in client.get(address(reading)).text
    client.post(address(reading))
    assert only(keeper).state == "waiting"


def test_a_killed_worker_leaves_it_to_the_next(alice: Membership, keeper: Patient) -> None:
    reading = kept_reading(keeper)
    signed_in(alice).post(address(reading))
    with tenancy.enter(keeper.clinic_id):
        services.explanations._claim()
        assert services.explanations._claim() == []
        Explanation.objects.update(claimed_until="2020-01-01T00:00Z")
        assert len(services.explanations._claim()) == 1


def test_an_unknown_method_is_not_found(alice: Membership, pat: Patient) -> None:
    assert signed_in(alice).get(address(make_reading(pat), method="tea-leaves")).status_code == 404


@pytest.mark.parametrize(
    ("probabilities", "says"),
    [
        ({"sad": 0.97, "neutral": 0.03, "happy": 0.0}, "was sad, 97 of 100."),
        ({"sad": 0.6, "neutral": 0.3, "fear": 0.1, "happy": 0.0}, "Next came neutral 30, fear 10."),
    ],
)
def test_the_runners_up_are_named(
    alice: Membership, pat: Patient, probabilities: dict[str, float], says: str
) -> None:
    shares = dict.fromkeys(("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"), 0.0)
    reading = make_reading(pat, **(shares | probabilities))
    assert says in signed_in(alice).get(address(reading)).text


def test_a_photo_that_only_a_legal_hold_keeps_stays_unused(alice: Membership, keeper: Patient) -> None:
    reading = kept_reading(keeper)
    client = signed_in(alice)
    client.post(address(reading))
    tasks.draw_explanations(str(keeper.clinic_id))
    client.post(address(reading, method="lime"))
    record = reverse("scoring:patient", args=[keeper.clinic.slug, keeper.pk])
    link = reverse("inference:explanation", args=[keeper.clinic.slug, reading.pk])
    assert client.get(address(reading, "explanation_picture")).status_code == 200
    assert link in client.get(record).text
    with tenancy.enter(keeper.clinic_id):
        patient_services.place_legal_hold(patient=keeper, reason="Court file 7", by=System("test"))
        patient_services.withdraw_consent(patient=keeper, purpose=Purpose.IMAGE_RETENTION, by=keeper)
        assert Capture.objects.get(check_in=reading.check_in).image is not None
        with pytest.raises(DomainError, match="photo_gone"):
            services.ask_for_explanation(reading=reading, method="activation", by=alice)
    tasks.draw_explanations(str(keeper.clinic_id))
    with tenancy.enter(keeper.clinic_id):
        assert not Explanation.objects.filter(method="lime").exists()
    assert "not kept any more" in client.get(address(reading)).text
    assert client.get(address(reading, "explanation_picture")).status_code == 404
    assert link not in client.get(record).text


def test_consent_withdrawn_while_it_is_drawn_leaves_no_picture(alice: Membership, keeper: Patient) -> None:
    reading = kept_reading(keeper)
    signed_in(alice).post(address(reading))
    with tenancy.enter(keeper.clinic_id):
        [claimed] = services.explanations._claim()
        image = services.explanations._image(claimed)
    drawn = services.explanations._draw(claimed, image, None)
    assert drawn.picture
    with tenancy.enter(keeper.clinic_id):
        patient_services.withdraw_consent(patient=keeper, purpose=Purpose.FACIAL_ANALYSIS, by=keeper)
        services.explanations._store(claimed, drawn)
        assert not Explanation.objects.filter(picture__isnull=False).exists()


def test_who_only_reads_asks_for_none(alice: Membership, bob: Membership, keeper: Patient) -> None:
    reading = kept_reading(keeper)
    assert signed_in(bob).post(address(reading)).status_code == 403
    assert "Draw it by" not in signed_in(bob).get(address(reading)).text
    assert "Draw it by" in signed_in(alice).get(address(reading)).text
    with tenancy.enter(keeper.clinic_id):
        with pytest.raises(DomainError, match="may_not_ask"):
            services.ask_for_explanation(reading=reading, method="lime", by=bob)
        assert not Explanation.objects.exists()


def test_only_so_many_wait_at_once(
    alice: Membership, keeper: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services.explanations, "MOST_WAITING", 1)
    reading = kept_reading(keeper)
    client = signed_in(alice)
    for _ in range(2):
        client.post(address(reading))
    assert "Many are being drawn" in client.post(address(reading, method="lime"), follow=True).text
    assert only(keeper).method == "activation"
