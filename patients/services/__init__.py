from patients.services.captures import (
    ClaimedCaptures,
    bury_capture,
    claim_captures,
    clinics_with_waiting_captures,
    drop_capture,
    drop_expired_images,
    drop_kept_images,
    finish_capture,
    hold_captures,
    hold_unread_captures,
    patients_who_consent,
)
from patients.services.check_ins import SubmittedCheckIn, submit_check_in
from patients.services.consents import CONSENT_TEXT_VERSION, grant_consent, has_consent, withdraw_consent
from patients.services.records import (
    INVITATION_DAYS,
    accept_invitation,
    admit_patient,
    find_invitation,
    invite_patient,
    link_user,
)

__all__ = [
    "CONSENT_TEXT_VERSION",
    "ClaimedCaptures",
    "INVITATION_DAYS",
    "SubmittedCheckIn",
    "accept_invitation",
    "admit_patient",
    "bury_capture",
    "claim_captures",
    "clinics_with_waiting_captures",
    "drop_capture",
    "drop_expired_images",
    "drop_kept_images",
    "find_invitation",
    "finish_capture",
    "grant_consent",
    "has_consent",
    "hold_captures",
    "hold_unread_captures",
    "invite_patient",
    "link_user",
    "patients_who_consent",
    "submit_check_in",
    "withdraw_consent",
]
