"""Members of a clinic: invited once, given a role, switched off, signed out; all confirmed and logged."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from clinics import staff, sudo, tenancy
from clinics.errors import DomainError
from clinics.models import AccessLogEntry, Clinic, Membership, PlatformLogEntry, Role, StaffInvitation, User
from tests.clinics.factories import PASSWORD, make_member
from tests.clinics.sign_in_pages import (
    LOGIN,
    confirm_address,
    give_password,
    join_with_new_account,
    later,
    sign_in,
)
from tests.conftest import signed_in

PAGE = "/c/north/settings/members/"
NEWCOMER = {"name": "Nora Neu", "email": "nora@north.example", "role": "clinician"}
ACCOUNT = {"email": "nora@north.example", "password": PASSWORD}


@pytest.fixture
def only_ada(clinic_a: Clinic, ada: Membership) -> Membership:
    """The one administrator that is left."""
    with tenancy.enter(clinic_a.pk):
        Membership.objects.filter(role=Role.ADMINISTRATOR).exclude(pk=ada.pk).update(is_active=False)
    return ada


@pytest.fixture
def link(ada: Membership) -> str:
    found = re.search(
        r">http://testserver(/c/north/staff/[\w-]+/)<", signed_in(ada).post(PAGE, NEWCOMER).text
    )
    assert found
    return found[1]


def actions(clinic: Clinic) -> list[tuple[str, Any]]:
    with tenancy.enter(clinic.pk):
        return list(
            AccessLogEntry.objects.filter(action__startswith="member.")
            .order_by("number")
            .values_list("action", "canonical")
        )


def reread(member: Membership) -> Membership:
    with tenancy.enter(member.clinic_id):
        return Membership.objects.get(pk=member.pk)


def test_a_colleague_joins_with_the_offered_role_and_then_needs_a_second_factor(
    link: str, clinic_a: Clinic
) -> None:
    browser = Client()
    assert "Join North Clinic" in browser.get(link).text
    assert join_with_new_account(browser, link, ACCOUNT)["Location"] == "/"
    assert browser.get("/")["Location"] == "/c/north/"
    assert browser.get("/c/north/")["Location"].startswith("/second-factor/")
    with tenancy.enter(clinic_a.pk):
        member = Membership.objects.get(user__email="nora@north.example")
        assert (member.role, member.name, member.is_active) == ("clinician", "Nora Neu", True)
    assert [action for action, _ in actions(clinic_a)] == ["member.invited", "member.joined"]


def test_the_link_is_shown_once_and_kept_as_a_hash(link: str, ada: Membership) -> None:
    assert "/staff/" not in signed_in(ada).get(PAGE).text
    with tenancy.enter(ada.clinic_id), connection.cursor() as cursor:
        cursor.execute("SELECT clinics_staffinvitation::text FROM clinics_staffinvitation")
        stored = cursor.fetchone()[0]
    assert link.split("/")[-2] not in stored
    assert "Nora" not in stored
    assert "nora@" not in stored


def test_used_withdrawn_expired_and_invented_links_are_told_apart_by_nothing(
    link: str, ada: Membership
) -> None:
    with tenancy.enter(ada.clinic_id):
        row = StaffInvitation.objects.get()
    past, future = timezone.now() - timedelta(seconds=1), row.expires_at
    answers = set()
    for changed, path in [
        ({"expires_at": past, "accepted_at": None, "withdrawn_at": None}, link),
        ({"expires_at": future, "accepted_at": past, "withdrawn_at": None}, link),
        ({"expires_at": future, "accepted_at": None, "withdrawn_at": past}, link),
        ({"expires_at": future, "accepted_at": None, "withdrawn_at": None}, "/c/north/staff/invented/"),
    ]:
        with tenancy.enter(ada.clinic_id):
            StaffInvitation.objects.update(**changed)
        for answer in (Client().get(path), Client().post(path, ACCOUNT)):
            assert answer.status_code == 404
            answers.add(re.sub(r'"x-csrftoken": "[^"]*"', "", answer.text))
    assert len(answers) == 1
    assert not User.objects.filter(email=ACCOUNT["email"]).exists()


def test_a_link_works_once(link: str) -> None:
    join_with_new_account(Client(), link, ACCOUNT)
    assert Client().post(link, ACCOUNT).status_code == 404


def test_an_address_that_was_not_confirmed_makes_nobody_a_member(link: str, clinic_a: Clinic) -> None:
    """Also when it is the one the administrator typed: the link was shown, and not mailed to it."""
    browser = Client()
    assert browser.post(link, ACCOUNT)["Location"] == "/accounts/confirm-email/"
    user = User.objects.get(email=ACCOUNT["email"])
    with tenancy.enter(clinic_a.pk):
        assert not Membership.objects.filter(user=user).exists()
        with pytest.raises(DomainError, match="address_not_confirmed"):
            staff.accept_invitation(token=link.split("/")[-2], user=user)
    give_password(browser, ACCOUNT["email"], ACCOUNT["password"])
    assert browser.get("/c/north/").status_code == 302
    assert Client().get(link).status_code == 200


def test_another_address_is_refused_alike_whether_it_has_an_account_or_not(
    link: str, mallory: Membership
) -> None:
    answers = [
        Client().post(link, {**ACCOUNT, "email": email})
        for email in (mallory.user.email, "nobody@people.example")
    ]
    assert [answer.status_code for answer in answers] == [400, 400]
    pages = [re.sub(r'value="[^"]*@[^"]*"|"x-csrftoken": "[^"]*"', "", answer.text) for answer in answers]
    pages = [re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page) for page in pages]
    assert pages[0] == pages[1]
    assert mail.outbox == []
    assert not User.objects.filter(email="nobody@people.example").exists()


def test_a_link_of_another_clinic_opens_nothing_here(link: str, clinic_b: Clinic) -> None:
    assert Client().get(link.replace("/c/north/", "/c/south/")).status_code == 404


def test_an_administrator_withdraws_an_open_link(link: str, ada: Membership, clinic_a: Clinic) -> None:
    with tenancy.enter(clinic_a.pk):
        invitation = StaffInvitation.objects.get()
    signed_in(ada).post(f"/c/north/settings/invitations/{invitation.pk}/withdraw/")
    assert Client().get(link).status_code == 404


def test_a_member_of_another_clinic_joins_with_the_account_they_have(
    link: str, mallory: Membership, clinic_a: Clinic
) -> None:
    with tenancy.enter(clinic_a.pk):
        invitation = StaffInvitation.objects.get()
        invitation.email = mallory.user.email  # type: ignore[assignment]  # encrypted: no types
        invitation.save()
    browser = signed_in(mallory)
    assert browser.post(link, {"use_account": "1"})["Location"] == "/"
    assert browser.get("/c/north/").status_code == 200
    assert browser.get("/c/south/").status_code == 200


def test_a_link_that_went_astray_makes_nobody_else_a_member(link: str, mallory: Membership) -> None:
    browser = signed_in(mallory)
    answer = browser.post(link, {"use_account": "1"})
    assert answer.status_code == 400
    assert "for another address" in answer.text
    assert browser.get("/c/north/").status_code == 404


def test_a_member_cannot_take_a_second_place_in_the_same_clinic(link: str, bob: Membership) -> None:
    answer = signed_in(bob).post(link, {"use_account": "1"})
    assert answer.status_code == 400
    assert reread(bob).role == "observer"
    assert Client().get(link).status_code == 200


def test_the_list_shows_who_has_no_second_factor_yet(link: str, ada: Membership) -> None:
    Client().post(link, ACCOUNT)
    page = signed_in(ada).get(PAGE).text
    assert "Nora Neu" in page
    assert "not yet" in page


def test_another_role_is_in_force_at_once_and_logged(bob: Membership, ada: Membership) -> None:
    theirs = signed_in(bob)
    assert theirs.get("/c/north/").status_code == 200
    signed_in(ada).post(f"{PAGE}{bob.pk}/role/", {"role": "auditor"})
    assert theirs.get("/c/north/").status_code == 403
    [(action, canonical)] = actions(bob.clinic)
    assert action == "member.role_changed"
    assert '"before":"observer"' in canonical
    assert '"after":"auditor"' in canonical


def test_a_member_who_is_switched_off_meets_the_clinic_as_a_stranger(
    bob: Membership, ada: Membership
) -> None:
    theirs, hers = signed_in(bob), signed_in(ada)
    hers.post(f"{PAGE}{bob.pk}/switch/", {"is_active": "0"})
    assert theirs.get("/c/north/").status_code == 404
    hers.post(f"{PAGE}{bob.pk}/switch/", {"is_active": "1"})
    assert theirs.get("/c/north/").status_code == 200
    assert [action for action, _ in actions(bob.clinic)] == ["member.switched_off", "member.switched_on"]


def test_a_member_can_be_signed_out_everywhere(bob: Membership, ada: Membership) -> None:
    theirs = sign_in(bob.user.email)
    assert UserSession.objects.filter(user=bob.user).count() == 1
    signed_in(ada).post(f"{PAGE}{bob.pk}/sign-out/")
    assert theirs.get("/c/north/")["Location"].startswith("/accounts/login/")
    assert [action for action, _ in actions(bob.clinic)] == ["member.signed_out"]


@pytest.mark.parametrize("act", [("role/", {"role": "observer"}), ("switch/", {"is_active": "0"})])
def test_the_last_administrator_stays(only_ada: Membership, act: tuple[str, dict[str, str]]) -> None:
    answer = signed_in(only_ada).post(f"{PAGE}{only_ada.pk}/{act[0]}", act[1])
    assert answer.status_code == 400
    assert "last administrator" in answer.text
    assert (reread(only_ada).role, reread(only_ada).is_active) == ("administrator", True)
    assert actions(only_ada.clinic) == []


def test_the_services_refuse_who_may_not(alice: Membership, bob: Membership) -> None:
    with tenancy.enter(alice.clinic_id):
        for act in (
            lambda: staff.invite_member(**NEWCOMER, by=alice),
            lambda: staff.change_role(member_id=bob.pk, role="administrator", by=bob),
            lambda: staff.set_active(member_id=alice.pk, is_active=False, by=bob),
            lambda: staff.sign_out(member_id=alice.pk, by=bob),
        ):
            with pytest.raises(DomainError, match="may_not_manage_members"):
                act()


def test_a_colleague_of_another_clinic_is_not_found(ada: Membership, clinic_b: Clinic) -> None:
    mel = make_member(clinic_b, "administrator", "Mel Moser")
    for act in ("role/", "switch/", "sign-out/"):
        assert signed_in(ada).post(f"{PAGE}{mel.pk}/{act}", {"role": "observer"}).status_code == 404
    assert reread(mel).role == "administrator"


@pytest.mark.parametrize("act", ["role/", "switch/", "sign-out/"])
def test_changes_wait_for_a_fresh_confirmation(bob: Membership, ada: Membership, act: str) -> None:
    browser, body = signed_in(ada), {"role": "auditor", "is_active": "0"}
    with later(sudo.FRESH_SECONDS + 1):
        asked = browser.post(f"{PAGE}{bob.pk}/{act}", body)
        assert asked["Location"] == "/accounts/reauthenticate/?next=%2Fc%2Fnorth%2Fsettings%2Fmembers%2F"
        assert (reread(bob).role, reread(bob).is_active) == ("observer", True)
        assert actions(bob.clinic) == []
        browser.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": PAGE})
        assert browser.post(f"{PAGE}{bob.pk}/{act}", body)["Location"] == PAGE
        assert len(actions(bob.clinic)) == 1


def test_an_invitation_waits_for_it_too_and_keeps_what_was_typed(ada: Membership) -> None:
    browser = signed_in(ada)
    with later(sudo.FRESH_SECONDS + 1):
        answer = browser.post(PAGE, NEWCOMER)
    assert answer.status_code == 403
    assert 'value="Nora Neu"' in answer.text
    assert "/accounts/reauthenticate/?next=" in answer.text
    assert actions(ada.clinic) == []


def test_a_matrix_waits_for_it_too_and_keeps_what_was_typed(ada: Membership) -> None:
    browser = signed_in(ada)
    form = browser.get("/c/north/settings/matrix/").context["form"]
    body = {name: form[name].value() for name in form.fields}
    body["warning_line"] = "3.5"
    with later(sudo.FRESH_SECONDS + 1):
        answer = browser.post("/c/north/settings/matrix/", body)
        assert answer.status_code == 403
        assert 'value="3.5"' in answer.text
    assert browser.post("/c/north/settings/matrix/", body).status_code == 302


def test_a_password_of_whoever_holds_the_link_does_not_outlive_the_mailboxs_confirmation(link: str) -> None:
    attacker, colleague = Client(), Client()
    attacker.post(link, ACCOUNT)
    colleague.get(link)
    assert "Choose a password of your own" in colleague.get(confirm_address(colleague)["Location"]).text
    assert attacker.post(LOGIN, {"login": ACCOUNT["email"], "password": PASSWORD}).status_code == 200
    assert attacker.post(link, {"use_account": "1"}).status_code != 302
    user = User.objects.get(email=ACCOUNT["email"])
    assert (user.has_usable_password(), user.last_login) == (False, None)
    assert "/accounts/password/reset/key/" in str(mail.outbox[-1].body)
    assert PlatformLogEntry.objects.filter(action="account.password_doubted").count() == 1


def test_the_mailbox_then_chooses_a_password_and_joins(link: str) -> None:
    Client().post(link, ACCOUNT)
    colleague = Client()
    confirm_address(colleague)
    found = re.search(r"http://testserver(/accounts/password/reset/key/\S+/)", str(mail.outbox[-1].body))
    assert found
    page = colleague.get(found[1])["Location"]
    own = "a quiet lantern by the river 88"
    assert colleague.post(page, {"password1": own, "password2": own}).status_code == 302
    colleague = Client()
    assert give_password(colleague, ACCOUNT["email"], own).status_code == 302
    assert colleague.post(link, {"use_account": "1"})["Location"] == "/"
