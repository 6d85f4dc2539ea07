from clinics.models.access_log import AccessLogEntry
from clinics.models.clinic import Clinic, ClinicSettings
from clinics.models.keys import DataKey, KeyCheck
from clinics.models.people import CareTeam, CareTeamMember, Membership, Role, User
from clinics.models.retention import RetentionPeriod, RetentionRun
from clinics.models.tenant import TenantForeignKey, TenantModel, TenantOneToOneField

__all__ = [
    "AccessLogEntry",
    "CareTeam",
    "CareTeamMember",
    "Clinic",
    "ClinicSettings",
    "DataKey",
    "KeyCheck",
    "Membership",
    "RetentionPeriod",
    "RetentionRun",
    "Role",
    "TenantForeignKey",
    "TenantModel",
    "TenantOneToOneField",
    "User",
]
