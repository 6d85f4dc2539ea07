from patients.services.captures import (
    bury_capture,
    claim_captures,
    clinics_with_waiting_captures,
    drop_capture,
    drop_expired_images,
    finish_capture,
    release_capture,
)
from patients.services.check_ins import SubmittedCheckIn, submit_check_in
from patients.services.consents import CONSENT_TEXT_VERSION, grant_consent, has_consent, withdraw_consent
from patients.services.records import (
    accept_invitation,
    admit_patient,
    find_invitation,
    invite_patient,
    link_user,
)

__all__ = [
    "CONSENT_TEXT_VERSION",
    "SubmittedCheckIn",
    "accept_invitation",
    "admit_patient",
    "bury_capture",
    "claim_captures",
    "clinics_with_waiting_captures",
    "drop_capture",
    "drop_expired_images",
    "find_invitation",
    "finish_capture",
    "grant_consent",
    "has_consent",
    "invite_patient",
    "link_user",
    "release_capture",
    "submit_check_in",
    "withdraw_consent",
]
