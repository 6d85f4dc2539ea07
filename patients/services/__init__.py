from patients.services.captures import (
    WORKER,
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
from patients.services.emergencies import ContactDraft, save_emergency_card
from patients.services.records import (
    INVITATION_DAYS,
    accept_invitation,
    admit_patient,
    find_invitation,
    invite_patient,
    link_user,
)
from patients.services.sign_ins import record_failed_sign_in, record_sign_in, record_sign_out

__all__ = [
    "CONSENT_TEXT_VERSION",
    "INVITATION_DAYS",
    "WORKER",
    "ClaimedCaptures",
    "ContactDraft",
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
    "record_failed_sign_in",
    "record_sign_in",
    "record_sign_out",
    "save_emergency_card",
    "submit_check_in",
    "withdraw_consent",
]
