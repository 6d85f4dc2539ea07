"""Denials in the access log, each in a transaction of its own: what was refused is rolled back with its own.

Who is known in the clinic, or asks for one while signed in, is logged in the clinic's chain. Whoever is not
signed in, and whoever asks for a clinic that there is not, is logged in the platform's: at most so often per
origin and hour, and what was swallowed beyond it is one entry, written when the hour is over.
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
from clinics.models import DenialCount

ENTRIES_PER_ORIGIN = 20
ENTRIES_OF_ALL = 1000
COUNT_ONE = """
INSERT INTO clinics_denialcount (hour, origin, asked) VALUES (%s, %s, 1)
ON CONFLICT (hour, origin) DO UPDATE SET asked = clinics_denialcount.asked + 1
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
    """One entry for each origin that was turned away more often than was logged; how many entries."""
    this_hour = _this_hour()
    with transaction.atomic():
        over = list(DenialCount.objects.select_for_update(skip_locked=True).filter(hour__lt=this_hour))
        swallowed = [(row, row.asked - _limit_of(row.origin)) for row in over]
        for row, count in swallowed:
            if count > 0:
                access_log.record_on_platform(
                    "refused.swallowed",
                    by=System("denials"),
                    outcome="denied",
                    hour=row.hour.isoformat(),
                    address=row.origin,
                    swallowed=count,
                )
        DenialCount.objects.filter(pk__in=[row.pk for row in over]).delete()
    return sum(count > 0 for _row, count in swallowed)


def _is_within_limits() -> bool:
    """An origin beyond its own limit does not use up everybody's."""
    origin = origins.current()
    hour, place = _this_hour(), _network(origin.address if origin else "")
    return all(_count(hour, name) <= _limit_of(name) for name in (place, DenialCount.EVERYBODY))


def _count(hour: datetime, name: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(COUNT_ONE, [hour, name])
        return int(cursor.fetchone()[0])


def _limit_of(name: str) -> int:
    return ENTRIES_OF_ALL if name == DenialCount.EVERYBODY else ENTRIES_PER_ORIGIN


def _network(address: str) -> str:
    """Of IPv6 the half that names a network: the other half is its holder's to choose."""
    if not address:
        return "unknown"
    found = ipaddress.ip_address(address)
    return str(ipaddress.ip_network((address, 64), strict=False)) if found.version == 6 else address


def _this_hour() -> datetime:
    return timezone.now().replace(minute=0, second=0, microsecond=0)


def _resolved(path: str) -> ResolverMatch | None:
    try:
        return resolve(path)
    except Resolver404:
        return None
