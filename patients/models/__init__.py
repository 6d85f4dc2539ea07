from patients.models.check_ins import Capture, CheckIn, PhotoOutcome
from patients.models.consents import Consent, Purpose
from patients.models.emergencies import EmergencyContact, SafetyPlan
from patients.models.erasures import Erasure, LegalHold
from patients.models.patients import Invitation, Patient

__all__ = [
    "Capture",
    "CheckIn",
    "Consent",
    "EmergencyContact",
    "Erasure",
    "Invitation",
    "LegalHold",
    "Patient",
    "PhotoOutcome",
    "Purpose",
    "SafetyPlan",
]
