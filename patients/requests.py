from clinics.requests import ClinicRequest
from patients.models import Patient


class PatientRequest(ClinicRequest):
    """A request below `/c/<clinic>/`, with the reader's own record where they are a patient."""

    patient: Patient | None
