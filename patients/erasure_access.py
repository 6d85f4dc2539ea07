"""The gates to what outlives a record or holds it: legal holds, and certificates of erasure."""

import uuid

from django.core.exceptions import PermissionDenied
from django.http import Http404

from clinics import access_log
from clinics.models import Membership, Permission
from patients.models import Erasure, LegalHold


def get_hold_keeper(membership: Membership | None) -> Membership:
    """Who places and lifts legal holds: the privacy officer."""
    if membership is None:
        raise Http404
    if not membership.holds_records:
        raise PermissionDenied
    return membership


def record_holds(member: Membership, shown: list[LegalHold]) -> None:
    """One entry for the list, with the patients it shows."""
    access_log.record("legal_holds.listed", by=member, objects=sorted({row.patient_id for row in shown}))


def get_hold(member: Membership, hold_id: uuid.UUID) -> LegalHold:
    """One that stands."""
    holds = LegalHold.objects.in_force().filter(clinic_id=member.clinic_id).select_related("patient")
    found = holds.filter(pk=hold_id).first()
    if found is None:
        raise Http404
    access_log.record("legal_hold.read", by=member, patient_id=found.patient_id, objects=[found.pk])
    return found


def get_desk_eraser(membership: Membership | None) -> Membership:
    """Who records and confirms the erasure of a patient without an account."""
    if membership is None:
        raise Http404
    if not membership.may(Permission.ERASE_PATIENTS):
        raise PermissionDenied
    return membership


def get_certificate_reader(membership: Membership | None) -> Membership:
    """Who reads what was erased and when: the privacy officer, or an administrator."""
    if membership is None:
        raise Http404
    if not membership.reads_certificates:
        raise PermissionDenied
    return membership


def record_certificates(member: Membership, shown: list[Erasure]) -> None:
    """One entry for the list."""
    access_log.record("certificates.listed", by=member, objects=[row.pk for row in shown])


def get_certificate(member: Membership, erasure_id: uuid.UUID, *, verb: str = "read") -> Erasure:
    """Of an erasure that is finished. `verb`: read, printed or exported."""
    done = Erasure.objects.filter(clinic_id=member.clinic_id, state=Erasure.State.FINISHED)
    found = done.filter(pk=erasure_id).first()
    if found is None:
        raise Http404
    access_log.record(f"certificate.{verb}", by=member, patient_id=found.patient_id, objects=[found.pk])
    return found
