from clinics.models.access_log import AccessLogEntry
from clinics.models.clinic import Clinic, ClinicSettings
from clinics.models.invitations import StaffInvitation
from clinics.models.keys import DataKey, KeyCheck
from clinics.models.on_call import OnCallUnlock
from clinics.models.people import CareTeam, CareTeamMember, Membership, User
from clinics.models.tenant import TenantForeignKey, TenantModel, TenantOneToOneField
from clinics.roles import Permission, Role

__all__ = [
    "AccessLogEntry",
    "CareTeam",
    "CareTeamMember",
    "Clinic",
    "ClinicSettings",
    "DataKey",
    "KeyCheck",
    "Membership",
    "OnCallUnlock",
    "Permission",
    "Role",
    "StaffInvitation",
    "TenantForeignKey",
    "TenantModel",
    "TenantOneToOneField",
    "User",
]
