from patients.models.check_ins import Capture, CheckIn, PhotoOutcome
from patients.models.consents import Consent, Purpose
from patients.models.guardians import Guardian
from patients.models.notices import Notice, NoticeShown
from patients.models.patients import Invitation, Patient
from patients.models.programmes import Enrolment, Programme

__all__ = [
    "Capture",
    "CheckIn",
    "Consent",
    "Enrolment",
    "Guardian",
    "Invitation",
    "Notice",
    "NoticeShown",
    "Patient",
    "PhotoOutcome",
    "Programme",
    "Purpose",
]
