from patients.models.break_glass import BreakGlass, PrivacyDeputy
from patients.models.check_ins import Capture, CheckIn, PhotoOutcome
from patients.models.consents import Consent, Purpose
from patients.models.emergencies import EmergencyContact, SafetyPlan
from patients.models.patients import Invitation, Patient

__all__ = [
    "BreakGlass",
    "Capture",
    "CheckIn",
    "Consent",
    "EmergencyContact",
    "Invitation",
    "Patient",
    "PhotoOutcome",
    "PrivacyDeputy",
    "Purpose",
    "SafetyPlan",
]
