"""Links and codes that ended go with the clinic's other data; accounts nobody confirmed go too."""

from datetime import datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from clinics import on_call, services, staff, tenancy, unconfirmed
from clinics.access_log import System
from clinics.models import Clinic, Membership, OnCallUnlock, PlatformLogEntry, StaffInvitation, User
from clinics.tasks import remove_unconfirmed_accounts
from patients import retention
from patients import services as patient_services
from patients.models import Invitation, Patient
from tests.clinics.factories import PASSWORD
from tests.clinics.test_on_call import nils  # noqa: F401  a clinician who is on call


def ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


@pytest.fixture
def links(clinic_a: Clinic, ada: Membership, alice: Membership, nils: Membership) -> Patient:  # noqa: F811
    """One of each kind: an invited colleague, an invited patient, a code."""
    with tenancy.enter(clinic_a.pk):
        staff.invite_member(name="Nora Neu", email="nora@north.example", role="observer", by=ada)
        newcomer = patient_services.admit_patient(clinic=clinic_a, name="New Comer", by=System("test"))
        patient_services.invite_patient(patient=newcomer, by=alice)
        on_call.give_unlock(member=nils, by=alice)
    return newcomer


def end_all(clinic: Clinic, at: datetime) -> None:
    with tenancy.enter(clinic.pk):
        for model in (StaffInvitation, Invitation, OnCallUnlock):
            model.objects.update(expires_at=at)


def left(clinic: Clinic) -> list[int]:
    with tenancy.enter(clinic.pk):
        return [model.objects.count() for model in (StaffInvitation, Invitation, OnCallUnlock)]


def test_links_and_codes_go_ninety_days_after_they_ended(clinic_a: Clinic, links: Patient) -> None:
    end_all(clinic_a, ago(89))
    retention.enforce(clinic=clinic_a)
    assert left(clinic_a) == [1, 1, 1]
    end_all(clinic_a, ago(91))
    (run,) = [run for run in retention.enforce(clinic=clinic_a) if run.kind == "invitations"]
    assert left(clinic_a) == [0, 0, 0]
    assert (run.removed, run.left_over) == (3, 0)


def test_what_is_open_stays(clinic_a: Clinic, links: Patient) -> None:
    retention.enforce(clinic=clinic_a)
    assert left(clinic_a) == [1, 1, 1]


def test_the_invitation_of_a_patient_under_a_legal_hold_stays(
    clinic_a: Clinic, links: Patient, alice: Membership
) -> None:
    with tenancy.enter(clinic_a.pk):
        patient_services.place_legal_hold(patient=links, reason="A court asked.", by=System("test"))
    end_all(clinic_a, ago(91))
    retention.enforce(clinic=clinic_a)
    assert left(clinic_a) == [0, 1, 0]


def make_unconfirmed(email: str, days: int) -> User:
    user = services.create_account(email=email, password=PASSWORD, is_verified=False)
    User.objects.filter(pk=user.pk).update(date_joined=ago(days))
    return user


def test_accounts_that_nobody_confirmed_go_after_a_month(alice: Membership) -> None:
    typo = make_unconfirmed("typo@people.example", unconfirmed.KEPT_DAYS + 1)
    young = make_unconfirmed("young@people.example", 2)
    User.objects.filter(pk=alice.user_id).update(date_joined=ago(400))
    remove_unconfirmed_accounts()
    remove_unconfirmed_accounts()
    assert not User.objects.filter(pk=typo.pk).exists()
    assert not EmailAddress.objects.filter(email="typo@people.example").exists()
    assert User.objects.filter(pk__in=[young.pk, alice.user_id]).count() == 2
    assert PlatformLogEntry.objects.filter(action="account.unconfirmed_removed").count() == 1


def test_one_that_a_membership_names_stays(clinic_a: Clinic) -> None:
    user = make_unconfirmed("old@north.example", unconfirmed.KEPT_DAYS + 1)
    with tenancy.enter(clinic_a.pk):
        services.add_member(clinic=clinic_a, user=user, role="observer", name="Old", by=System("test"))
    assert unconfirmed.remove_old() == 0
    assert User.objects.filter(pk=user.pk).exists()
