"""Passwords that others guess first: common ones in disguise, and words that everybody here knows."""

from collections.abc import Callable

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from clinics import tenancy
from clinics.models import Clinic, ClinicSettings, Membership, User
from clinics.password_strength import SHORTEST, UndisguisedPasswordValidator, refuse_known_words
from patients.models import Patient
from tests.clinics.factories import PASSWORD
from tests.conftest import signed_in

COMMON = "password_too_common"
KNOWN = "password_of_known_words"


def codes(password: str, user: User | None = None) -> set[str]:
    try:
        validate_password(password, user)
    except ValidationError as refusal:
        return {error.code or "" for error in refusal.error_list}
    return set()


@pytest.mark.parametrize(
    "password",
    [
        "qwertyqwerty",
        "password2026!",
        "!!Sunshine1984",
        "P@ssw0rd-2026",
        "sunshinesunshine",
        "iloveyou.12345",
    ],
)
def test_a_common_password_is_known_in_disguise(db: None, password: str) -> None:
    assert COMMON in codes(password)


@pytest.mark.parametrize("password", [PASSWORD, "sunshine over the two bridges", "x7 kettle lamp rivers"])
def test_a_phrase_may_hold_common_words(db: None, password: str) -> None:
    assert codes(password) == set()


def refusal_of(check: Callable[[], None]) -> str | None:
    try:
        check()
    except ValidationError as refusal:
        return str(refusal.error_list[0].code)
    return None


@given(password=st.text(min_size=SHORTEST, max_size=64))
def test_no_text_breaks_the_check(password: str) -> None:
    validator = UndisguisedPasswordValidator()
    assert refusal_of(lambda: validator.validate(password)) in {None, COMMON}


@given(rest=st.text("jkxyz", max_size=SHORTEST + 4), word=st.sampled_from(["moodvision", "northward"]))
def test_known_words_count_for_nothing(rest: str, word: str) -> None:
    refusal = refusal_of(lambda: refuse_known_words(rest + word.title(), ["North-Ward"]))
    assert refusal == (KNOWN if len(rest) < SHORTEST else None)


@pytest.mark.parametrize(
    "password", ["MoodVision2026!", "mood-vision-4711", "alice.north.4711", "Lighthouse-Clinic-7"]
)
def test_a_member_meets_the_words_of_product_address_and_clinic(alice: Membership, password: str) -> None:
    with tenancy.enter(alice.clinic_id):
        ClinicSettings.objects.update(name="The Lighthouse Clinic")
    assert KNOWN in codes(password, alice.user)
    assert codes(PASSWORD, alice.user) == set()


def test_a_patient_s_own_name_and_clinic_count_for_nothing(pat: Patient) -> None:
    for password in ("Petersen#9017263", "north#90172631"):
        assert KNOWN in codes(password, pat.user)


def test_the_words_of_another_clinic_are_not_asked(alice: Membership, clinic_b: Clinic) -> None:
    """Else a refusal would tell which clinics there are."""
    assert clinic_b.slug == "south"
    assert codes("southsouthnineseven", alice.user) == set()


def test_who_joins_meets_the_words_of_the_clinic_that_invites(in_a: Clinic) -> None:
    assert KNOWN in codes("north#90172631", User(email="new@person.example"))


def test_the_page_refuses_with_a_reason(pat: Patient) -> None:
    weak = "moodvision-2026"
    fields = {"oldpassword": PASSWORD, "password1": weak, "password2": weak}
    answer = signed_in(pat).post("/accounts/password/change/", fields)
    assert "count for nothing" in answer.text
    assert pat.user is not None
    assert not User.objects.get(pk=pat.user.pk).check_password(weak)
