from patients.models.check_ins import Capture, CheckIn, PhotoOutcome
from patients.models.consents import Consent, Purpose
from patients.models.erasures import Erasure, LegalHold
from patients.models.patients import Invitation, Patient
from patients.models.search import SearchToken

__all__ = [
    "Capture",
    "CheckIn",
    "Consent",
    "Erasure",
    "Invitation",
    "LegalHold",
    "Patient",
    "PhotoOutcome",
    "Purpose",
    "SearchToken",
]
