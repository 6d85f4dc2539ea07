from patients.models.check_ins import Capture, CheckIn, PhotoOutcome
from patients.models.consents import Consent, Purpose
from patients.models.patients import Invitation, Patient
from patients.models.rights import Correction, RightsRequest

__all__ = [
    "Capture",
    "CheckIn",
    "Consent",
    "Correction",
    "Invitation",
    "Patient",
    "PhotoOutcome",
    "Purpose",
    "RightsRequest",
]
