import pytest

from clinics import tenancy
from inference.advice import ADVICE
from inference.emotions import EMOTIONS, NOT_SCORED_REASONS
from inference.models import Reading, Reason
from inference.queries import POLL_DELAYS_S
from patients import services
from patients.models import CheckIn, Patient, PhotoOutcome
from tests.conftest import signed_in
from tests.patients import image_files
from tests.patients.factories import make_check_in


def url_of(check_in: CheckIn) -> str:
    return f"/c/north/me/check-ins/{check_in.pk}/"


def read(check_in: CheckIn, reason: str = "") -> None:
    """As the worker leaves it: read, with seven probabilities or a reason."""
    shares = {} if reason else dict.fromkeys(EMOTIONS, 1 / 7)
    with tenancy.enter(check_in.clinic_id):
        services.finish_capture(capture=check_in.capture, clean_image=None)
        Reading.objects.create(
            clinic_id=check_in.clinic_id,
            check_in=check_in,
            patient_id=check_in.patient_id,
            captured_at=check_in.captured_at,
            is_scored=not reason,
            reason=reason,
            **shares,
        )


@pytest.fixture
def check_in(pat: Patient) -> CheckIn:
    return make_check_in(pat, image=image_files.still("JPEG"), mood=6)


def test_while_it_waits_the_page_asks_again_and_has_a_link_for_those_without_scripts(
    pat: Patient, check_in: CheckIn
) -> None:
    shown = signed_in(pat).get(url_of(check_in)).text
    assert f'hx-get="{url_of(check_in)}reading/?poll=1"' in shown
    assert f'href="{url_of(check_in)}"' in shown
    assert "waits to be read" in shown


def test_it_asks_ever_more_rarely_and_not_for_ever(pat: Patient, check_in: CheckIn) -> None:
    browser = signed_in(pat)
    asked = [browser.get(f"{url_of(check_in)}reading/?poll={poll}") for poll in range(len(POLL_DELAYS_S) + 1)]
    delays = [response.context["status"].delay_s for response in asked]
    assert delays == [*sorted(delays[:-1]), 0]
    assert "hx-trigger" not in asked[-1].text
    assert "hx-trigger" not in browser.get(f"{url_of(check_in)}reading/?poll=nonsense").text


def test_once_it_is_read_the_page_says_so_and_asks_no_more(pat: Patient, check_in: CheckIn) -> None:
    read(check_in)
    shown = signed_in(pat).get(f"{url_of(check_in)}reading/?poll=2").text
    assert "Your photo was read" in shown
    assert "hx-get" not in shown
    assert not any(emotion in shown for emotion in EMOTIONS)


@pytest.mark.parametrize("reason", NOT_SCORED_REASONS)
def test_what_was_not_scored_comes_with_one_line_of_advice(
    pat: Patient, check_in: CheckIn, reason: str
) -> None:
    read(check_in, reason)
    shown = signed_in(pat).get(url_of(check_in)).text
    assert "We could not use this photo" in shown
    assert str(ADVICE[reason]) in shown
    assert "Your answers still count" in shown
    assert "hx-trigger" not in shown


def test_every_reason_there_is_has_its_advice() -> None:
    unused = {outcome.value for outcome in PhotoOutcome} - {PhotoOutcome.NONE, PhotoOutcome.TAKEN}
    assert set(ADVICE) == set(NOT_SCORED_REASONS) | set(Reason.values) | unused


def test_answers_alone_speak_of_no_photo(pat: Patient) -> None:
    assert "Your photo" not in signed_in(pat).get(url_of(make_check_in(pat, mood=3))).text
