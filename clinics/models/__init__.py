from clinics.models.access_log import AccessLogEntry, PlatformLogEntry
from clinics.models.clinic import Clinic, ClinicSettings
from clinics.models.cover import CoverTime, Holiday, Lane, Leave, Shift, TrialAlert
from clinics.models.denials import DenialCount
from clinics.models.heartbeat import Heartbeat
from clinics.models.invitations import StaffInvitation
from clinics.models.keys import DataKey, KeyCheck, KeyRotation
from clinics.models.log_memory import AnchorMemory, SpoolMemory
from clinics.models.log_reviews import LogReview
from clinics.models.log_segments import AccessLogSegment
from clinics.models.message_choices import MemberAddress, MemberChoices
from clinics.models.messages import Channel, Message
from clinics.models.on_call import OnCallUnlock
from clinics.models.people import CareTeam, CareTeamMember, Membership, User
from clinics.models.policies import PolicyChoice
from clinics.models.retention import RetentionPeriod, RetentionRun
from clinics.models.safety import ClinicSafety, ShadowLook
from clinics.models.tenant import TenantForeignKey, TenantModel, TenantOneToOneField
from clinics.roles import Permission, Role

__all__ = [
    "AccessLogEntry",
    "AccessLogSegment",
    "AnchorMemory",
    "CareTeam",
    "CareTeamMember",
    "Channel",
    "Clinic",
    "ClinicSafety",
    "ClinicSettings",
    "CoverTime",
    "DataKey",
    "DenialCount",
    "Heartbeat",
    "Holiday",
    "KeyCheck",
    "KeyRotation",
    "Lane",
    "Leave",
    "LogReview",
    "MemberAddress",
    "MemberChoices",
    "Membership",
    "Message",
    "OnCallUnlock",
    "Permission",
    "PlatformLogEntry",
    "PolicyChoice",
    "RetentionPeriod",
    "RetentionRun",
    "Role",
    "ShadowLook",
    "Shift",
    "SpoolMemory",
    "StaffInvitation",
    "TenantForeignKey",
    "TenantModel",
    "TenantOneToOneField",
    "TrialAlert",
    "User",
]
