"""Care teams: who is in them, whose patients are whose, and whether a team is as far as its members see.

Every act locks the clinic's settings first. So nobody takes the last clinician out of a team while somebody
else makes teams the limit, and no patient is left whom nobody may follow.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clinics import access_log
from clinics.errors import DomainError
from clinics.models import CareTeam, CareTeamMember, Clinic, ClinicSettings, Membership, Permission, Role
from clinics.roles import allows
from patients import signals
from patients.locks import lock_patients
from patients.models import Patient

Scope = ClinicSettings.Scope
TREATING = [role for role in Role if allows(role, Permission.TREAT_PATIENTS)]
READING = [role for role in Role if allows(role, Permission.READ_PATIENTS)]


@dataclass(frozen=True)
class TeamShown:
    """A team, who is in it, who could be, and how many patients it follows."""

    team: CareTeam
    members: list[Membership]
    others: list[Membership]
    patients: int

    @property
    def has_clinician(self) -> bool:
        return any(member.treats_patients for member in self.members)


def teams_of(clinic: Clinic) -> list[TeamShown]:
    """By name. Who cannot read records is in no team, whatever the rows say."""
    readers = sorted(may_join(clinic), key=lambda row: str(row.name).casefold())
    joined = set(CareTeamMember.objects.filter(clinic=clinic).values_list("care_team_id", "membership_id"))
    sizes = list(_records(clinic).values_list("care_team_id", flat=True))
    return [
        TeamShown(
            team,
            [row for row in readers if (team.pk, row.pk) in joined],
            [row for row in readers if (team.pk, row.pk) not in joined],
            sizes.count(team.pk),
        )
        for team in CareTeam.objects.filter(clinic=clinic).order_by("name")
    ]


def may_join(clinic: Clinic) -> QuerySet[Membership]:
    return Membership.objects.filter(clinic=clinic, is_active=True, role__in=READING)


def are_there(clinic: Clinic) -> bool:
    return CareTeam.objects.filter(clinic=clinic).exists()


def teamless(clinic: Clinic) -> int:
    """How many records are in no team."""
    return _records(clinic).filter(care_team=None).count()


@transaction.atomic
def set_scope(*, clinic: Clinic, scope: str, by: Membership) -> None:
    """Teams become the limit only when each record has one, and each of these a clinician."""
    _check_may_manage(by)
    own = _lock_settings(clinic)
    if scope not in Scope.values:
        raise DomainError("unknown_scope", field="record_scope")
    if own.record_scope == scope:
        return
    if scope == Scope.CARE_TEAM:
        _check_everybody_is_followed(clinic)
    before, own.record_scope = own.record_scope, scope
    own.save(update_fields=["record_scope"])
    access_log.record("settings.record_scope", by=by, before=before, after=scope)


@transaction.atomic
def make_team(*, clinic: Clinic, name: str, by: Membership) -> CareTeam:
    _check_may_manage(by)
    _lock_settings(clinic)
    _check_name_is_free(clinic, name)
    team = CareTeam.objects.create(clinic=clinic, name=name)
    access_log.record("permission.team_made", by=by, objects=[team.pk])
    return team


@transaction.atomic
def rename_team(*, team: CareTeam, name: str, by: Membership) -> None:
    _check_may_manage(by)
    _lock_settings(team.clinic)
    if team.name == name:
        return
    _check_name_is_free(team.clinic, name, but=team)
    team.name = name
    team.save(update_fields=["name"])
    access_log.record("permission.team_renamed", by=by, objects=[team.pk])


@transaction.atomic
def add_member(*, team: CareTeam, member: Membership, by: Membership) -> None:
    """From now on they follow this team's patients, where teams are the limit."""
    _check_may_manage(by)
    _lock_settings(team.clinic)
    if not member.reads_patients:
        raise DomainError(
            "reads_no_records", _("Only clinicians and observers are in teams."), field="member"
        )
    _row, is_new = CareTeamMember.objects.get_or_create(
        clinic_id=team.clinic_id, care_team=team, membership=member
    )
    if is_new:
        access_log.record("permission.team_joined", by=by, objects=[team.pk, member.pk])


@transaction.atomic
def remove_member(*, team: CareTeam, member: Membership, by: Membership) -> None:
    """Where teams are the limit, the last clinician of a team with patients cannot go."""
    _check_may_manage(by)
    own = _lock_settings(team.clinic)
    row = CareTeamMember.objects.filter(care_team=team, membership=member).first()
    if row is None:
        return
    row.delete()
    is_limit = own.record_scope == Scope.CARE_TEAM and member.treats_patients
    if is_limit and _records(team.clinic).filter(care_team=team).exists():
        _check_has_clinician(team)
    access_log.record("permission.team_left", by=by, objects=[team.pk, member.pk])


@transaction.atomic
def move_patient(*, patient: Patient, team: CareTeam, by: Membership) -> Patient:
    """Into another team, which follows them from now on; the one before does not."""
    _check_may_admit(by)
    _check_takes_patients(team)
    patient = lock_patients([patient.pk])[patient.pk]
    _move([patient], team, by)
    return patient


@transaction.atomic
def move_teamless(*, clinic: Clinic, team: CareTeam, by: Membership) -> int:
    """All who are in no team, into this one: how many they were."""
    _check_may_admit(by)
    _check_takes_patients(team)
    patients = lock_patients(_records(clinic).filter(care_team=None).values_list("pk", flat=True))
    _move(patients.values(), team, by)
    return len(patients)


def _move(patients: Iterable[Patient], team: CareTeam, by: Membership) -> None:
    for patient in patients:
        before = patient.care_team_id
        if before == team.pk:
            continue
        patient.care_team = team
        patient.save(update_fields=["care_team"])
        access_log.record(
            "permission.patient_moved",
            by=by,
            patient_id=patient.pk,
            objects=[team.pk],
            before=str(before) if before else None,
            after=str(team.pk),
        )
        signals.care_team_changed.send(sender=Patient, clinic_id=patient.clinic_id, patient_id=patient.pk)


def _records(clinic: Clinic) -> QuerySet[Patient]:
    """All that somebody must be able to open: not what is kept for the law alone, and no doubles."""
    rows = Patient.objects.filter(clinic=clinic, kept_until=None)
    return rows.exclude(state=Patient.State.MERGED)


def _lock_settings(clinic: Clinic) -> ClinicSettings:
    return ClinicSettings.objects.select_for_update(no_key=True).get(clinic=clinic)


def _check_everybody_is_followed(clinic: Clinic) -> None:
    if count := teamless(clinic):
        message = ngettext(
            "%(count)d patient is in no team, and nobody would see them. Put them into a team first.",
            "%(count)d patients are in no team, and nobody would see them. Put them into a team first.",
            count,
        )
        raise DomainError("patients_without_team", message % {"count": count}, field="record_scope")
    theirs = _records(clinic).values("care_team")
    for team in CareTeam.objects.filter(clinic=clinic, pk__in=theirs).order_by("name"):
        _check_has_clinician(team)


def _check_takes_patients(team: CareTeam) -> None:
    if _lock_settings(team.clinic).record_scope == Scope.CARE_TEAM:
        _check_has_clinician(team)


def _check_has_clinician(team: CareTeam) -> None:
    inside = CareTeamMember.objects.filter(care_team=team, membership__is_active=True)
    if not inside.filter(membership__role__in=TREATING).exists():
        message = _("The team “%(name)s” needs a clinician, or nobody could treat its patients.")
        raise DomainError("team_without_clinician", message % {"name": team.name})


def _check_name_is_free(clinic: Clinic, name: str, *, but: CareTeam | None = None) -> None:
    others = CareTeam.objects.filter(clinic=clinic, name__iexact=name)
    if (others.exclude(pk=but.pk) if but else others).exists():
        raise DomainError("name_taken", _("There is a team of this name already."), field="name")


def _check_may_manage(by: Membership) -> None:
    if not by.may(Permission.MANAGE_MEMBERS):
        raise DomainError("may_not_manage_members", _("Your role does not manage members."))


def _check_may_admit(by: Membership) -> None:
    if not by.admits_patients:
        raise DomainError("may_not_admit", _("Your role does not admit patients."))
