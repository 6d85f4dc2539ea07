"""Sign-ins and changes of an account in the access log: a success in the chain of each clinic of the person,
a failure in the platform's."""

import hashlib
import hmac
from typing import Any

from django.conf import settings
from django.db import transaction

from clinics import access_log, tenancy
from clinics.access_log import Actor, Detail, Stranger, System
from clinics.models import Membership, User
from patients.models import Patient


def record_sign_in(*, user: User) -> None:
    _record_in_clinics("sign_in.succeeded", user)


def record_sign_out(*, user: User) -> None:
    _record_in_clinics("sign_in.ended", user)


def record_failed_sign_in(*, credentials: dict[str, Any]) -> None:
    """The address is kept as a keyed hash: repeated attempts show, and nobody's address does."""
    address = str(credentials.get("email") or credentials.get("username") or "").strip().lower()
    user_id = User.objects.filter(email__iexact=address).values_list("pk", flat=True).first()
    digest = hmac.new(settings.SECRET_KEY.encode(), address.encode(), hashlib.sha256).hexdigest()
    access_log.record_on_platform(
        "sign_in.failed", by=Stranger(user_id), outcome="denied", address_hash=digest[:32]
    )


def record_failed_second_step(*, user: User) -> None:
    """With the failed sign-ins: the person is known, and has reached no clinic."""
    access_log.record_on_platform("sign_in.second_step_failed", by=Stranger(user.pk), outcome="denied")


def record_account_change(*, user: User, action: str, **detail: Detail) -> None:
    """A password, an address, a factor or a session changed: what opens the doors of every clinic of theirs.

    So each of those clinics' chains holds it, where its auditor looks; the platform's only for who has none.
    """
    _record_in_clinics(action, user, **detail)


def record_ended_sessions(*, user: User, count: int) -> None:
    """Ended by themselves, or by an administrator: that clinic's own entry names who did."""
    ended_in = tenancy.current().clinic_id
    if ended_in is None:
        _record_in_clinics("account.sessions_ended", user, sessions=count)
        return

    def record_elsewhere() -> None:
        by = System("ended_by_another_clinic")
        for person in _places_of(user):
            if person.clinic_id != ended_in:
                _record("account.sessions_ended", person, by=by, sessions=count)

    transaction.on_commit(record_elsewhere)  # a second chain is never locked inside of the first


def _record_in_clinics(action: str, user: User, **detail: Detail) -> None:
    people = _places_of(user)
    for person in people:
        _record(action, person, by=person, **detail)
    if not people:
        access_log.record_on_platform(action, by=Stranger(user.pk), **detail)  # type: ignore[arg-type]


def _places_of(user: User) -> list[Membership | Patient]:
    with tenancy.as_person(user.pk):
        return [*Membership.objects.filter(is_active=True), *Patient.objects.all()]


def _record(action: str, person: Membership | Patient, *, by: Actor, **detail: Detail) -> None:
    with tenancy.enter(person.clinic_id):
        access_log.record(
            action,
            by=by,
            patient_id=person.pk if isinstance(person, Patient) else None,
            objects=[person.pk],
            **detail,  # type: ignore[arg-type]  # no detail has the name of a parameter
        )
