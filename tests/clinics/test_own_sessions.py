"""One of one's sessions is ended from another one: of staff and of patients alike, at once, and logged."""

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from clinics import tenancy
from clinics.models import AccessLogEntry, Clinic, Membership
from patients.models import Patient
from tests.clinics.factories import make_session
from tests.clinics.sign_in_pages import later
from tests.conftest import signed_in
from tests.isolation.test_stale_sessions import LEFT_OPEN, is_asked_again

LIST = "/accounts/sessions/"


def end(browser: Client, session: UserSession) -> int:
    return browser.post(f"{LIST}{session.pk}/end/").status_code


def of_browser(browser: Client, person: Membership | Patient) -> UserSession:
    assert person.user is not None
    return make_session(person.user, str(browser.session.session_key))


@pytest.mark.parametrize("who", ["alice", "pat"])
def test_one_session_is_ended_and_the_others_stay(
    request: pytest.FixtureRequest, clinic_a: Clinic, who: str
) -> None:
    person: Membership | Patient = request.getfixturevalue(who)
    lost, kept, browser = signed_in(person), signed_in(person), signed_in(person)
    ended, other = of_browser(lost, person), of_browser(kept, person)
    assert f'action="{LIST}{ended.pk}/end/"' in browser.get(LIST).text
    assert end(browser, ended) == 302
    assert lost.get(LIST)["Location"].startswith("/accounts/login/")
    assert kept.get(LIST).status_code == 200
    assert f'action="{LIST}{other.pk}/end/"' in browser.get(LIST).text
    with tenancy.enter(clinic_a.pk):
        entry = AccessLogEntry.objects.get(action="account.sessions_ended")
    assert (entry.actor, entry.kind) == (person.actor_label, "sign_in")


def test_a_session_of_somebody_else_is_not_found(alice: Membership, bob: Membership) -> None:
    theirs = make_session(bob.user)
    assert end(signed_in(alice), theirs) == 404
    assert UserSession.objects.filter(pk=theirs.pk).exists()


def test_the_session_that_asks_signs_out_instead(alice: Membership) -> None:
    browser = signed_in(alice)
    own = of_browser(browser, alice)
    assert end(browser, own) == 404
    assert "this browser" in browser.get(LIST).text
    assert f"{LIST}{own.pk}/end/" not in browser.get(LIST).text


def test_a_session_left_open_ends_none(alice: Membership) -> None:
    browser, other = signed_in(alice), make_session(alice.user)
    with later(LEFT_OPEN):
        assert is_asked_again(browser.post(f"{LIST}{other.pk}/end/"))
    assert UserSession.objects.filter(pk=other.pk).exists()
