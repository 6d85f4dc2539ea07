"""A patient's record: admitted by the clinic, linked to a person by a single-use invitation."""

import hashlib
import secrets
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import access_log, keys, messages
from clinics import services as clinic_services
from clinics.access_log import Actor
from clinics.errors import DomainError
from clinics.keys import KeyName
from clinics.models import CareTeam, Clinic, Membership, User
from patients.locks import lock_patients
from patients.models import (
    EmergencyContact,
    Erasure,
    Invitation,
    NoteDraft,
    OwnPlanPart,
    Patient,
    PortalPin,
    Purpose,
)
from patients.models.erasures import OPEN_STATES
from patients.services import account_news, consents, erasures, own_plans
from patients.services.messages import drop_message_wishes

INVITATION_DAYS = 14


@transaction.atomic
def admit_patient(
    *,
    clinic: Clinic,
    name: str,
    by: Actor,
    email: str | None = None,
    phone: str | None = None,
    birth_date: str | None = None,
    notes: str | None = None,
    time_zone: str | None = None,
    care_team: CareTeam | None = None,
    is_synthetic: bool = False,
) -> Patient:
    """A new record with a key of its own and the clinic's next record number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"record_number:{clinic.pk}"]
        )
    highest = Patient.objects.aggregate(highest=Max("record_number"))["highest"] or 1000
    patient = Patient(
        clinic=clinic,
        record_number=highest + 1,
        name=name,
        email=email or None,
        phone=phone or None,
        birth_date=birth_date or None,
        notes=notes or None,
        time_zone=time_zone or clinic.time_zone,
        care_team=care_team,
        is_synthetic=is_synthetic,
    )
    keys.create(patient.sealed_under(), under=KeyName.of_clinic(clinic.pk))
    patient.full_clean()
    patient.save(force_insert=True)
    access_log.record("patient.admitted", by=by, patient_id=patient.pk)
    return patient


@transaction.atomic
def invite_patient(*, patient: Patient, by: Membership) -> str:
    """The token of a link that makes its reader the user of this record; shown once, kept as a hash."""
    patient = lock_patients([patient.pk])[patient.pk]
    _refuse_linked(patient)
    if not patient.is_followed:
        raise DomainError("closed", _("This record is closed."))
    Invitation.objects.filter(patient=patient).open().update(expires_at=timezone.now())
    token = secrets.token_urlsafe(32)
    Invitation.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        invited_by=by,
        token_hash=_hash(token),
        expires_at=timezone.now() + timedelta(days=INVITATION_DAYS),
    )
    access_log.record("patient.invited", by=by, patient_id=patient.pk)
    return token


def find_invitation(token: str) -> Invitation:
    """The open invitation of a token; used, expired and invented ones are refused alike."""
    invitation = (
        Invitation.objects.open().filter(token_hash=_hash(token)).select_related("patient", "clinic").first()
    )
    if invitation is None:
        raise DomainError("invitation_closed", _("This invitation is used up, too old or not ours."))
    return invitation


@transaction.atomic
def accept_invitation(*, token: str, user: User) -> Patient:
    """Links the record to this person's account, once."""
    patient = lock_patients([find_invitation(token).patient_id]).popitem()[1]
    invitation = find_invitation(token)  # again, now that nobody else can use it
    clinic_services.check_address_is_confirmed(user)
    if Patient.objects.filter(user=user).exists():
        raise DomainError("already_patient", _("This account has a record in this clinic already."))
    link_user(patient=patient, user=user, by=patient)
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    return patient


def _refuse_linked(patient: Patient) -> None:
    if patient.user_id is not None:
        raise DomainError("already_linked", _("This patient has an account already."))


def link_user(*, patient: Patient, user: User, by: Actor) -> None:
    """A record that has its user does not change hands, unless the clinic undid the link first."""
    _refuse_linked(patient)
    patient.user, patient.linked_at = user, timezone.now()
    patient.save(update_fields=["user", "linked_at"])
    is_address_of_record = patient.has_address_of_record
    access_log.record(
        "patient.linked", by=by, patient_id=patient.pk, is_address_of_record=is_address_of_record
    )
    if patient.email and not is_address_of_record:
        account_news.tell_of_link(str(patient.email))


@transaction.atomic
def unlink_user(*, patient: Patient, by: Membership) -> None:
    """The wrong person joined. What they set up does not stand: PIN, agreements, a wish to be erased, ways to
    be written to, whom they trust, what they said of emergency contacts, a plan in the patient's name.

    What they sent stays, dated, for the clinic to judge.
    """
    patient = lock_patients([patient.pk])[patient.pk]
    if patient.user is None:
        raise DomainError("not_linked", _("Nobody has joined with this record. Nothing was changed."))
    PortalPin.objects.filter(patient=patient).delete()
    for purpose in Purpose.values:
        if consents.was_agreed_by_patient(patient, purpose):
            consents.withdraw_consent(patient=patient, purpose=purpose, by=by)
    for wish in Erasure.objects.filter(patient_id=patient.pk, state__in=OPEN_STATES):
        if patient.linked_at is None or wish.requested_at >= patient.linked_at:
            erasures.cancel_erasure(wish=wish, by=by)
    drop_message_wishes(patient)
    messages.stop_for(patient.pk, and_to_staff=False, why="unlinked")
    NoteDraft.objects.filter(patient=patient, membership=None).delete()
    _forget_said_of_contacts(patient)
    if _wrote_the_plan(patient):
        own_plans.drop_own_plan(patient=patient, by=by)
    account_news.tell_of_end(patient.user.email)
    patient.user = patient.linked_at = None
    patient.save(update_fields=["user", "linked_at"])
    access_log.record("patient.unlinked", by=by, patient_id=patient.pk)


def _wrote_the_plan(patient: Patient) -> bool:
    """Whoever is unlinked, and not an account of before."""
    parts = OwnPlanPart.objects.filter(patient=patient)
    return (parts.filter(written_at__gte=patient.linked_at) if patient.linked_at else parts).exists()


def _forget_said_of_contacts(patient: Patient) -> None:
    """Conditions and confirmations come from the portal: asked anew. The contacts are the clinic's."""
    for row in EmergencyContact.objects.filter(patient=patient):
        row.conditions = row.confirmed_at = None  # type: ignore[assignment]
        row.save(update_fields=["conditions", "confirmed_at"])


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
