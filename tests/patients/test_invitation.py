import re
from datetime import timedelta
from unittest import mock

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.test import Client
from django.utils import timezone

from clinics import tenancy
from clinics.access_log import System
from clinics.errors import DomainError
from clinics.models import Clinic, Membership, User
from patients import services
from patients.models import Invitation, Patient
from tests.clinics.factories import PASSWORD, make_user
from tests.clinics.sign_in_pages import confirm_address, give_password, join_with_new_account
from tests.conftest import signed_in

ENCODE = MD5PasswordHasher.encode
ACCOUNT = {"email": "new@people.example", "password": PASSWORD}


@pytest.fixture
def newcomer(clinic_a: Clinic) -> Patient:
    """Admitted, and not yet linked to anybody who signs in."""
    with tenancy.enter(clinic_a.pk):
        return services.admit_patient(
            clinic=clinic_a, name="New Comer", email="New@people.example", by=System("test")
        )


@pytest.fixture
def link(newcomer: Patient, alice: Membership) -> str:
    """The link as the clinician's page shows it."""
    response = signed_in(alice).post(f"/c/north/patients/{newcomer.pk}/invite/")
    found = re.search(r">http://testserver(/c/north/join/[\w-]+/)<", response.text)
    assert found
    return found[1]


def test_the_link_is_shown_once_and_never_cached(newcomer: Patient, alice: Membership, link: str) -> None:
    again = signed_in(alice).get(f"/c/north/patients/{newcomer.pk}/invite/")
    assert "/join/" not in again.text
    assert "no-store" in again["Cache-Control"]


def test_joining_makes_the_account_asks_its_mailbox_and_leads_to_the_portal(
    newcomer: Patient, link: str
) -> None:
    browser = Client()
    assert "Welcome to North Clinic" in browser.get(link).text
    response = join_with_new_account(browser, link, ACCOUNT)
    assert response["Location"] == "/c/north/me/check-in/"
    portal = browser.get(response["Location"], follow=True)
    assert portal.redirect_chain == [("/c/north/me/notices/", 302)]  # told first, then asked
    assert portal.status_code == 200
    with tenancy.enter(newcomer.clinic_id):
        newcomer.refresh_from_db()
    assert newcomer.user == User.objects.get(email="new@people.example")


@pytest.mark.parametrize("address", ["new@people.example", "typo@people.example"])
def test_every_address_is_confirmed_by_mail_before_it_opens_a_record(
    newcomer: Patient, link: str, address: str
) -> None:
    """Also the one that the clinic typed: the clinic may have typed somebody else's."""
    browser = Client()
    response = browser.post(link, {**ACCOUNT, "email": address})
    assert response["Location"] == "/accounts/confirm-email/"
    assert [message.to for message in mail.outbox] == [[address]]
    assert browser.get("/c/north/me/check-in/").status_code == 302
    assert not EmailAddress.objects.get(email=address).verified
    with tenancy.enter(newcomer.clinic_id):
        newcomer.refresh_from_db()
        assert newcomer.user is None
        with pytest.raises(DomainError, match="address_not_confirmed"):
            services.accept_invitation(token=link.split("/")[-2], user=User.objects.get(email=address))
    assert Client().get(link).status_code == 200


def test_confirmed_on_another_device_the_password_is_chosen_anew_and_the_link_opened_again(
    newcomer: Patient, link: str
) -> None:
    """Who made the account need not be whose mailbox it is: only the mailbox chooses the password then."""
    telephone, laptop = Client(), Client()
    laptop.post(link, ACCOUNT)
    confirm_address(telephone)
    assert give_password(laptop, **ACCOUNT).status_code == 200
    reset = re.search(r"https?://[^/]+(/\S+password/reset/key/\S+)", str(mail.outbox[-1].body))
    assert reset is not None
    form = telephone.get(reset[1], follow=True)
    chosen = {"password1": "another long phrase 7", "password2": "another long phrase 7"}
    telephone.post(form.redirect_chain[-1][0], chosen)
    other = Client()
    assert give_password(other, ACCOUNT["email"], chosen["password1"])["Location"] == "/"
    assert "open the link it gave you" in other.get("/").text
    assert other.post(link, {"use_account": "1"})["Location"] == "/c/north/me/check-in/"


def test_the_token_of_a_link_lies_in_no_session(newcomer: Patient, link: str) -> None:
    browser = Client()
    browser.post(link, ACCOUNT)
    assert link.split("/")[-2] not in str(dict(browser.session.items()))


def test_a_second_open_link_cannot_take_a_linked_record_over(newcomer: Patient, alice: Membership) -> None:
    with tenancy.enter(newcomer.clinic_id):
        first = services.invite_patient(patient=newcomer, by=alice)
        Invitation.objects.update(expires_at=timezone.now() + timedelta(days=1))
        second = services.invite_patient(patient=newcomer, by=alice)
        Invitation.objects.update(expires_at=timezone.now() + timedelta(days=1))
        services.accept_invitation(token=first, user=make_user("new@people.example"))
        with pytest.raises(DomainError, match="already_linked"):
            services.accept_invitation(token=second, user=make_user("other@people.example"))


def test_used_expired_and_invented_links_are_told_apart_by_nothing(newcomer: Patient, link: str) -> None:
    with tenancy.enter(newcomer.clinic_id):
        row = Invitation.objects.get()
    open_until, answers = row.expires_at, set()
    for expires_at, accepted_at, path in [
        (timezone.now() - timedelta(seconds=1), None, link),
        (open_until, timezone.now(), link),
        (open_until, None, "/c/north/join/invented/"),
        (open_until, None, "/c/south/join/invented/"),
    ]:
        with tenancy.enter(newcomer.clinic_id):
            Invitation.objects.update(expires_at=expires_at, accepted_at=accepted_at)
        for answer in (Client().get(path), Client().post(path, ACCOUNT)):
            if "south" not in path:
                answers.add(re.sub(r'"x-csrftoken": "[^"]*"', "", answer.text))
            assert answer.status_code == 404
    assert len(answers) == 1
    assert not User.objects.filter(email=ACCOUNT["email"]).exists()


@pytest.mark.parametrize("password", ["short", "password12345", "9876543210987", "new@people.example"])
def test_a_weak_password_is_refused_and_the_link_stays_open(link: str, password: str) -> None:
    response = Client().post(link, {**ACCOUNT, "password": password})
    assert response.status_code == 400
    assert response.context["form"].errors["password"]
    assert Client().post(link, ACCOUNT).status_code == 302


def test_whether_an_address_has_an_account_only_its_mailbox_learns(
    newcomer: Patient, link: str, alice: Membership, mallory: Membership
) -> None:
    known, unknown = Client(), Client()
    seen = []
    for browser, address in ((known, mallory.user.email.upper()), (unknown, "typo@people.example")):
        with mock.patch.object(MD5PasswordHasher, "encode", autospec=True, side_effect=ENCODE) as hashed:
            answer = browser.post(link, {**ACCOUNT, "email": address})
        waiting = browser.get(answer["Location"]).text.replace(address.lower(), "")
        page = re.sub(r'"x-csrftoken": "[^"]*"', "", waiting)
        seen.append((answer.status_code, answer["Location"], hashed.call_count, page, set(browser.cookies)))
    assert seen[0] == seen[1]
    assert [message.to[0].lower() for message in mail.outbox] == [mallory.user.email, "typo@people.example"]
    assert "has an account already" in mail.outbox[0].body


def test_whoever_has_an_account_accepts_by_signing_in_with_it(
    newcomer: Patient, link: str, mallory: Membership
) -> None:
    assert f"/accounts/login/?next={link}" in Client().get(link).text
    browser = signed_in(mallory)
    assert mallory.user.email in browser.get(link).text
    assert browser.post(link, {"use_account": "1"})["Location"] == "/c/north/me/check-in/"
    assert browser.get("/c/north/me/check-in/", follow=True).status_code == 200
    assert browser.get("/c/south/").status_code == 200
    assert Client().get(link).status_code == 404
    with tenancy.enter(newcomer.clinic_id):
        newcomer.refresh_from_db()
    assert newcomer.user == mallory.user


def test_one_account_has_one_record_in_a_clinic(link: str, pat: Patient) -> None:
    answer = signed_in(pat).post(link, {"use_account": "1"})
    assert answer.status_code == 400
    assert "has a record in this clinic already" in answer.text
    assert Client().get(link).status_code == 200


def test_nobody_joins_with_an_account_they_are_not_signed_in_with(link: str) -> None:
    assert Client().post(link, {"use_account": "1"}).status_code == 400


def test_a_new_link_closes_the_one_before(newcomer: Patient, alice: Membership, link: str) -> None:
    signed_in(alice).post(f"/c/north/patients/{newcomer.pk}/invite/")
    assert Client().get(link).status_code == 404


def test_a_patient_with_an_account_is_not_invited_again(pat: Patient, alice: Membership) -> None:
    response = signed_in(alice).post(f"/c/north/patients/{pat.pk}/invite/")
    assert response.status_code == 400
    assert "has an account already" in response.text


def test_only_those_who_admit_may_invite(
    newcomer: Patient, bob: Membership, ada: Membership, mallory: Membership, pat: Patient
) -> None:
    url = f"/c/north/patients/{newcomer.pk}/invite/"
    assert signed_in(ada).get(url).status_code == 200
    assert signed_in(bob).post(url).status_code == 403
    assert signed_in(mallory).post(url).status_code == 404
    assert signed_in(pat).post(url).status_code == 404
    assert Client().post(url)["Location"].startswith("/accounts/login/")
