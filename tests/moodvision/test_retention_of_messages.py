"""What was sent to whom goes by its own days; what still waits stays, and so does what a hold names."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from clinics import messages, tenancy
from clinics.access_log import System
from clinics.models import Clinic, Membership, Message
from moodvision.retention_kinds import KINDS
from patients import retention, services
from patients.models import Patient
from tests.clinics.messages.acts import facts


def make_old(alice: Membership, pat: Patient) -> None:
    """Two that ended long ago, one of them about a patient, and one that still waits."""
    with tenancy.enter(alice.clinic_id):
        for key, about in (("1", None), ("2", pat.pk), ("3", None)):
            messages.queue(
                clinic_id=alice.clinic_id,
                to=alice,
                kind=messages.Kind.ALERT,
                dedupe_key=key,
                facts=facts(),
                about=about,
            )
        old = timezone.now() - timedelta(days=3 * 365 + 1)
        Message.objects.filter(dedupe_key__in=["1", "2"]).update(state="sent", ended_at=old)


def night(clinic: Clinic) -> tuple[int, int]:
    (run,) = [run for run in retention.enforce(clinic=clinic) if run.kind == "messages"]
    return run.removed, run.left_over


def left(clinic: Clinic) -> list[str]:
    with tenancy.enter(clinic.pk):
        return sorted(Message.objects.values_list("dedupe_key", flat=True))


def test_what_has_ended_goes(alice: Membership, pat: Patient, clinic_a: Clinic) -> None:
    make_old(alice, pat)
    assert night(clinic_a) == (2, 0)
    assert left(clinic_a) == ["3"]


def test_what_a_hold_names_stays(alice: Membership, pat: Patient, clinic_a: Clinic) -> None:
    make_old(alice, pat)
    with tenancy.enter(clinic_a.pk):
        services.place_legal_hold(patient=pat, reason="a court asked", by=System("test"))
    assert night(clinic_a) == (1, 0)
    assert left(clinic_a) == ["2", "3"]


@pytest.fixture
def idle() -> object:
    (kind,) = [kind for kind in KINDS if kind.name == "messages"]
    retention.register(replace(kind, steps=(lambda clinic, cutoff: 0,)))
    yield
    retention.register(kind)


def test_a_step_that_removes_nothing_is_found_out(
    idle: object, alice: Membership, pat: Patient, clinic_a: Clinic
) -> None:
    make_old(alice, pat)
    assert night(clinic_a) == (0, 2)
