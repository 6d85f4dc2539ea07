"""What the database itself refuses of a reading, and who may see one."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404

from clinics.models import Clinic, Membership
from inference import access
from inference.emotions import EMOTIONS, NOT_SCORED_REASONS
from inference.models import Reading, Reason
from patients.models import Patient
from tests.inference.factories import EVEN, make_reading
from tests.patients.factories import make_check_in


def test_reasons_are_the_shared_codes() -> None:
    assert set(Reason.values) == set(NOT_SCORED_REASONS)


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": "no_face"},
        {"is_scored": False},
        {"is_scored": False, "reason": "no_face"},
        {"is_scored": False, "reason": "invented", **dict.fromkeys(EMOTIONS)},
        {"sad": None},
        {"sad": EVEN + 0.1},
        {"sad": -EVEN, "happy": 3 * EVEN},
        {"sad": float("nan")},
        {"withheld": [EVEN] * 7},
        {"is_scored": False, "reason": "blurred", "withheld": [EVEN] * 7, **dict.fromkeys(EMOTIONS)},
        {"is_scored": False, "reason": "uncertain", "withheld": [EVEN] * 6, **dict.fromkeys(EMOTIONS)},
    ],
)
def test_half_a_reading_is_refused(pat: Patient, in_a: Clinic, wrong: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_reading(pat, **wrong)


def test_a_check_in_has_one_reading(pat: Patient, in_a: Clinic) -> None:
    check_in = make_check_in(pat)
    make_reading(pat, check_in=check_in)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_reading(pat, check_in=check_in)


def test_a_clinician_reads_it_and_a_stranger_does_not(
    pat: Patient, alice: Membership, eve: Membership, mallory: Membership, in_a: Clinic
) -> None:
    reading = make_reading(pat)
    assert access.get_reading(alice, reading.pk) == reading
    assert list(access.visible_readings(alice, pat.pk)) == [reading]
    with pytest.raises(PermissionDenied):
        access.get_reading(eve, reading.pk)
    for stranger in (mallory, None):
        with pytest.raises(Http404):
            access.get_reading(stranger, reading.pk)


def test_patients_read_their_own(pat: Patient, in_a: Clinic) -> None:
    check_in = make_check_in(pat)
    assert access.get_own_reading(pat, check_in) is None
    reading = make_reading(pat, check_in=check_in)
    assert access.get_own_reading(pat, check_in) == reading
    assert list(access.own_readings(pat)) == [reading]
    assert Reading.objects.that_count().count() == 1
