"""Denials in the access log, each in a transaction of its own: what was refused is rolled back with its own.

Who is known in the clinic, or asks for one while signed in, is logged in the clinic's chain: at most so often
per person and hour. Whoever is not signed in, and whoever asks for a clinic that there is not, is logged in
the platform's: at most so often per origin and hour. What was swallowed beyond it is one entry, written when
the hour is over.
"""

import ipaddress
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.http import HttpRequest
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import timezone

from clinics import access_log, origins, tenancy
from clinics.access_log import Actor, System
from clinics.models import Clinic, DenialCount

ENTRIES_PER_ORIGIN = 20
ENTRIES_OF_ALL = 1000
ENTRIES_PER_PERSON = 60
"""In one clinic: nobody fills its chain, nor keeps its lock, by being refused."""

SWALLOWED = "refused.swallowed"
COUNT_ONE = """
INSERT INTO clinics_denialcount (hour, origin, clinic_id, asked) VALUES (%s, %s, %s, 1)
ON CONFLICT (hour, origin, clinic_id) DO UPDATE SET asked = clinics_denialcount.asked + 1
RETURNING asked
"""


@dataclass(frozen=True)
class Asked:
    """What somebody asked for, without a word of its content. `status`: of HTTP, or a socket's close code."""

    view: str
    status: int
    method: str = ""
    patient_id: uuid.UUID | None = None


def asked_for(request: HttpRequest, status: int) -> Asked:
    """By the name of its page: an address may hold the token of an invitation."""
    match = request.resolver_match or _resolved(request.path_info)
    patient_id = match.kwargs.get("patient_id") if match else None
    return Asked(
        view=match.view_name if match else "",
        status=status,
        method=request.method or "",
        patient_id=patient_id if isinstance(patient_id, uuid.UUID) else None,
    )


def log_in_clinic(clinic_id: uuid.UUID, asked: Asked, *, by: Actor, reason: str = "") -> None:
    if _count(_this_hour(), by.actor_label, clinic_id) > ENTRIES_PER_PERSON:
        return
    with tenancy.enter(clinic_id):
        access_log.record(
            "refused",
            by=by,
            patient_id=asked.patient_id,
            outcome="denied",
            view=asked.view,
            method=asked.method,
            status=asked.status,
            reason=reason,
        )


def log_on_platform(asked: Asked, *, by: Actor, reason: str, clinic: str = "") -> None:
    """`clinic`: the slug of one that exists; any other is a stranger's own text and not kept."""
    if _is_within_limits():
        access_log.record_on_platform(
            "refused",
            by=by,
            outcome="denied",
            view=asked.view,
            method=asked.method,
            status=asked.status,
            reason=reason,
            clinic=clinic,
        )


def report_swallowed() -> int:
    """One entry for each origin or person turned away more often than was logged; how many entries."""
    written = 0
    by = System("denials")
    with transaction.atomic():
        for row in _taken(clinic_id=DenialCount.PLATFORM):
            hour, count = row.hour.isoformat(), row.asked - _limit_of(row)
            access_log.record_on_platform(
                SWALLOWED, by=by, outcome="denied", hour=hour, address=row.origin, swallowed=count
            )
            written += 1
    for clinic_id in Clinic.objects.values_list("pk", flat=True):
        with tenancy.enter(clinic_id):
            for row in _taken(clinic_id=clinic_id):
                hour, count = row.hour.isoformat(), row.asked - _limit_of(row)
                access_log.record(
                    SWALLOWED, by=by, outcome="denied", hour=hour, who=row.origin, swallowed=count
                )
                written += 1
    return written


def _taken(*, clinic_id: uuid.UUID) -> list[DenialCount]:
    """Takes the counts of the hours that are over; of these, those beyond their limit."""
    counts = DenialCount.objects.select_for_update(skip_locked=True)
    over = list(counts.filter(hour__lt=_this_hour(), clinic_id=clinic_id).order_by("pk"))
    DenialCount.objects.filter(pk__in=[row.pk for row in over]).delete()
    return [row for row in over if row.asked > _limit_of(row)]


def _is_within_limits() -> bool:
    """An origin beyond its own limit does not use up everybody's."""
    origin = origins.current()
    hour, place = _this_hour(), _network(origin.address if origin else "")
    of_place = _count(hour, place, DenialCount.PLATFORM) <= ENTRIES_PER_ORIGIN
    return of_place and _count(hour, DenialCount.EVERYBODY, DenialCount.PLATFORM) <= ENTRIES_OF_ALL


def _count(hour: datetime, name: str, clinic_id: uuid.UUID) -> int:
    with connection.cursor() as cursor:
        cursor.execute(COUNT_ONE, [hour, name, clinic_id])
        return int(cursor.fetchone()[0])


def _limit_of(row: DenialCount) -> int:
    if row.clinic_id != DenialCount.PLATFORM:
        return ENTRIES_PER_PERSON
    return ENTRIES_OF_ALL if row.origin == DenialCount.EVERYBODY else ENTRIES_PER_ORIGIN


def _network(address: str) -> str:
    """Of IPv6 the half that names a network: the other half is its holder's to choose. Written as IPv6, an
    IPv4 address is itself: all of them lie in one such half."""
    if not address:
        return "unknown"
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        mapped = found.ipv4_mapped
        return str(mapped or ipaddress.ip_network((address, 64), strict=False))
    return address


def _this_hour() -> datetime:
    return timezone.now().replace(minute=0, second=0, microsecond=0)


def _resolved(path: str) -> ResolverMatch | None:
    try:
        return resolve(path)
    except Resolver404:
        return None
