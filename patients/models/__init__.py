from patients.models.check_ins import Capture, CheckIn, PhotoOutcome
from patients.models.consents import Consent, Purpose
from patients.models.patients import Invitation, Patient
from patients.models.pins import PortalPin

__all__ = ["Capture", "CheckIn", "Consent", "Invitation", "Patient", "PhotoOutcome", "PortalPin", "Purpose"]
