"""Looks that deserve a second one: own record, same surname, at night, very many, outside the care team.

None of them is an accusation: a clinician may share a name with a patient, or have the night shift.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import JSONField, Q, TextChoices
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinics import keys
from clinics.models import AccessLogEntry, CareTeamMember, Clinic, Membership
from clinics.roles import Permission, allows
from patients.audit.queries import DISCLOSING_KINDS, LISTING_PATIENTS, ids_of
from patients.models import Patient

LOOKED_AT = timedelta(days=14)
NIGHT_BEGINS, NIGHT_ENDS = 22, 6
BULK_PATIENTS = 30
BULK_WITHIN = timedelta(hours=1)
CHOSEN_BY_NAME = "patients.searched"
ABOUT_PATIENTS = Q(kind__in=DISCLOSING_KINDS, patient_id__isnull=False) | Q(
    action__in=LISTING_PATIENTS, patient_id=None
)


class Reason(TextChoices):
    OWN_RECORD = "own_record", _("their own record")
    SAME_SURNAME = "same_surname", _("a patient of the same surname")
    NOT_IN_CARE_TEAM = "not_in_care_team", _("a patient of a care team they are not in")
    BULK = "bulk", _("very many patients within an hour")
    NIGHT = "night", _("at night")


@dataclass(frozen=True)
class Unusual:
    """Why one member's looks stand out; `patient` is None where it is not about one. `first`: row number."""

    reason: Reason
    member: Membership
    patient: Patient | None
    looks: int
    first_at: datetime
    last_at: datetime
    first: int

    @property
    def reason_label(self) -> str:
        return str(self.reason.label)


@dataclass(frozen=True)
class Look:
    """One page or file, however many entries it left. `is_chosen`: they asked for this patient, by name,
    number or link; a list that shows everybody is nobody's choice."""

    number: int
    at: datetime
    member_id: uuid.UUID
    patient_id: uuid.UUID
    is_chosen: bool


def unusual(clinic: Clinic) -> list[Unusual]:
    """Of the last two weeks, the gravest reason first, then the newest. Inside the clinic."""
    looks = list(_looks(clinic))
    members = {row.pk: row for row in Membership.objects.filter(pk__in={look.member_id for look in looks})}
    patients = {row.pk: row for row in Patient.objects.filter(pk__in={look.patient_id for look in looks})}
    keys.preload(row.sealed_under() for row in patients.values())
    known = [look for look in looks if look.member_id in members and look.patient_id in patients]
    chosen = [look for look in known if look.is_chosen]
    found = [
        *_by_pair(chosen, members, patients),
        *_bulk(chosen, members),
        *_night(known, members, clinic.zone),
    ]
    order = list(Reason)
    return sorted(found, key=lambda row: (order.index(row.reason), -row.last_at.timestamp()))


def _looks(clinic: Clinic) -> Iterator[Look]:
    """Every way in which members came to see patients: reading, searching, exporting, printing, lists."""
    said = Cast("canonical", JSONField())
    rows = (
        AccessLogEntry.objects.filter(
            ABOUT_PATIENTS,
            clinic=clinic,
            at__gte=timezone.now() - LOOKED_AT,
            actor__startswith="membership:",
            outcome="ok",
        )
        .annotate(request=KeyTextTransform("request", said), objects_shown=KeyTransform("objects", said))
        .order_by("number")
        .values_list("number", "at", "actor", "patient_id", "action", "request", "objects_shown")
    )
    seen: set[tuple[uuid.UUID, uuid.UUID, str, bool]] = set()
    for number, at, actor, patient_id, action, request, shown in rows:
        member_id = next(iter(ids_of("membership", {actor})))
        patient_ids = [patient_id] if patient_id else [uuid.UUID(text) for text in shown or ()]
        is_chosen = action == CHOSEN_BY_NAME or action not in LISTING_PATIENTS
        for found in patient_ids:
            of_page = (member_id, found, request or str(number), is_chosen)
            if of_page not in seen:
                seen.add(of_page)
                yield Look(number, at, member_id, found, is_chosen)


def _by_pair(
    looks: list[Look], members: dict[uuid.UUID, Membership], patients: dict[uuid.UUID, Patient]
) -> Iterator[Unusual]:
    """What the two people are to each other. The privacy desk and administrators belong to no care team."""
    teams = set(CareTeamMember.objects.values_list("membership_id", "care_team_id"))
    pairs: dict[tuple[uuid.UUID, uuid.UUID], list[Look]] = defaultdict(list)
    for look in looks:
        pairs[look.member_id, look.patient_id].append(look)
    for (member_id, patient_id), of_pair in pairs.items():
        member, patient = members[member_id], patients[patient_id]
        if patient.user_id is not None and patient.user_id == member.user_id:
            yield _unusual(Reason.OWN_RECORD, member, patient, of_pair)
        elif _surname(str(member.name)) == _surname(str(patient.name)):
            yield _unusual(Reason.SAME_SURNAME, member, patient, of_pair)
        is_of_no_team = patient.care_team_id is None or not allows(member.role, Permission.READ_PATIENTS)
        if not is_of_no_team and (member_id, patient.care_team_id) not in teams:
            yield _unusual(Reason.NOT_IN_CARE_TEAM, member, patient, of_pair)


def _bulk(looks: list[Look], members: dict[uuid.UUID, Membership]) -> Iterator[Unusual]:
    """The first hour in which one member read more patients than anybody treats in it."""
    for member_id, own in _by_member(looks).items():
        begin = 0
        for end, look in enumerate(own):
            while look.at - own[begin].at > BULK_WITHIN:
                begin += 1
            if len({row.patient_id for row in own[begin : end + 1]}) > BULK_PATIENTS:
                yield _unusual(Reason.BULK, members[member_id], None, own[begin : end + 1])
                break


def _night(looks: list[Look], members: dict[uuid.UUID, Membership], zone: ZoneInfo) -> Iterator[Unusual]:
    at_night = [look for look in looks if is_night(look.at, zone)]
    for member_id, own in _by_member(at_night).items():
        yield _unusual(Reason.NIGHT, members[member_id], None, own)


def is_night(at: datetime, zone: ZoneInfo) -> bool:
    hour = at.astimezone(zone).hour
    return hour >= NIGHT_BEGINS or hour < NIGHT_ENDS


def _by_member(looks: Iterable[Look]) -> dict[uuid.UUID, list[Look]]:
    found: dict[uuid.UUID, list[Look]] = defaultdict(list)
    for look in looks:
        found[look.member_id].append(look)
    return found


def _surname(name: str) -> str:
    return name.split()[-1].casefold() if name.split() else ""


def _unusual(reason: Reason, member: Membership, patient: Patient | None, looks: list[Look]) -> Unusual:
    return Unusual(reason, member, patient, len(looks), looks[0].at, looks[-1].at, looks[0].number)
