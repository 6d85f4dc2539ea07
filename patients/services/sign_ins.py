"""Sign-ins in the access log: a success in each clinic of the person, a failure on the platform's chain."""

import hashlib
import hmac
from typing import Any

from django.conf import settings

from clinics import access_log, tenancy
from clinics.access_log import Stranger
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


def _record_in_clinics(action: str, user: User) -> None:
    with tenancy.as_person(user.pk):
        people = [*Membership.objects.filter(is_active=True), *Patient.objects.all()]
    for person in people:
        with tenancy.enter(person.clinic_id):
            access_log.record(
                action, by=person, patient_id=person.pk if isinstance(person, Patient) else None
            )
    if not people:
        access_log.record_on_platform(action, by=Stranger(user.pk))
