import pytest

from clinics import tenancy
from clinics.models import Membership
from patients import services
from patients.allowances import NOT_BUILT, Refusal, refusal
from patients.models import Capture, Consent, Patient, Purpose
from tests.conftest import signed_in
from tests.patients import check_in_page as page
from tests.patients.factories import make_check_in
from tests.shared_data import london_face

URL = "/c/north/me/consents/"


def decide(patient: Patient, decision: str, purpose: str = "facial_analysis", **more: str) -> str:
    response = signed_in(patient).post(URL, {"purpose": purpose, "decision": decision, **more})
    assert response.status_code == 302
    return str(response["Location"])


def is_granted(patient: Patient, purpose: str) -> bool:
    with tenancy.enter(patient.clinic_id):
        return services.has_consent(patient, purpose)


@pytest.mark.parametrize("purpose", sorted(set(Purpose.values) - NOT_BUILT))
def test_one_click_grants_and_one_click_withdraws(pat: Patient, purpose: str) -> None:
    assert decide(pat, "grant", purpose) == URL
    assert is_granted(pat, purpose)
    assert decide(pat, "withdraw", purpose) == URL
    assert not is_granted(pat, purpose)


def test_both_ways_are_one_button_of_the_same_weight(pat: Patient) -> None:
    shown = signed_in(pat).get(URL).text
    assert 'class="button button--large" name="decision" value="withdraw"' in shown
    assert 'class="button button--large" name="decision" value="grant"' in shown


def test_the_history_shows_every_decision(pat: Patient) -> None:
    decide(pat, "withdraw")
    history = signed_in(pat).get(URL).context["history"]
    assert [(row.purpose, row.is_granted) for row in history] == [
        ("facial_analysis", False),
        ("facial_analysis", True),
    ]


def test_from_the_check_in_page_the_way_leads_back_to_it(pat: Patient) -> None:
    assert decide(pat, "grant", back_to="check_in") == page.URL


def test_withdrawing_drops_the_photo_that_waits_and_says_so(pat: Patient) -> None:
    check_in = make_check_in(pat, image=london_face(), mood=5)
    browser = signed_in(pat)
    assert "1 photo is waiting" in browser.get(URL).text
    answer = browser.post(URL, {"purpose": "facial_analysis", "decision": "withdraw"}, follow=True)
    assert "dropped unread" in answer.text
    with tenancy.enter(pat.clinic_id):
        capture = Capture.objects.get(check_in=check_in)
    assert (capture.state, capture.image) == (Capture.State.DROPPED, None)
    done = browser.get(f"/c/north/me/check-ins/{check_in.pk}/").text
    assert "You have not agreed" in done
    assert "Your answers still count" in done


@pytest.mark.parametrize(
    "body",
    [{}, {"purpose": "marketing", "decision": "grant"}, {"purpose": "facial_analysis", "decision": "maybe"}],
)
def test_what_is_no_decision_is_refused(pat: Patient, body: dict[str, str]) -> None:
    assert signed_in(pat).post(URL, body).status_code == 400
    with tenancy.enter(pat.clinic_id):
        assert Consent.objects.filter(patient=pat).count() == 1


def test_a_member_can_decide_for_nobody(pat: Patient, alice: Membership) -> None:
    body = {"purpose": "facial_analysis", "decision": "grant"}
    assert signed_in(alice).post(URL, body).status_code == 404


@pytest.mark.parametrize("purpose", sorted(NOT_BUILT))
def test_what_the_program_cannot_do_is_neither_asked_nor_allowed(pat: Patient, purpose: str) -> None:
    """Even where the clinic's law allows it: a yes would be to something nobody could have seen."""
    browser = signed_in(pat)
    shown = browser.get(URL).context
    assert purpose not in {choice.purpose for choice in [*shown["choices"], *shown["not_done"]]}
    answer = browser.post(URL, {"purpose": purpose, "decision": "grant"}, follow=True)
    assert "nothing to agree to" in answer.text
    with tenancy.enter(pat.clinic_id):
        assert refusal(pat, purpose) == Refusal.NOT_ALLOWED


def test_an_earlier_yes_to_what_is_not_built_can_be_seen_and_withdrawn(
    pat: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("patients.allowances.NOT_BUILT", frozenset())
        decide(pat, "grant", Purpose.RESEARCH_EXPORT)
    browser = signed_in(pat)
    choice = next(c for c in browser.get(URL).context["choices"] if c.purpose == Purpose.RESEARCH_EXPORT)
    assert (choice.is_granted, choice.is_offered) == (True, False)
    with tenancy.enter(pat.clinic_id):
        assert refusal(pat, Purpose.RESEARCH_EXPORT) == Refusal.NOT_ALLOWED
    decide(pat, "withdraw", Purpose.RESEARCH_EXPORT)
    assert not is_granted(pat, Purpose.RESEARCH_EXPORT)
