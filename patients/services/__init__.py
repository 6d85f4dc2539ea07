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
from patients.services.corrections import correct_check_in, correct_record
from patients.services.exports import EXPORTS_A_DAY, Export, export_patient
from patients.services.records import (
    INVITATION_DAYS,
    accept_invitation,
    admit_patient,
    find_invitation,
    invite_patient,
    link_user,
)
from patients.services.requests import close_request, due_at, open_request
from patients.services.restrictions import lift_restriction, restrict_processing

__all__ = [
    "CONSENT_TEXT_VERSION",
    "EXPORTS_A_DAY",
    "INVITATION_DAYS",
    "WORKER",
    "ClaimedCaptures",
    "Export",
    "SubmittedCheckIn",
    "accept_invitation",
    "admit_patient",
    "bury_capture",
    "claim_captures",
    "clinics_with_waiting_captures",
    "close_request",
    "correct_check_in",
    "correct_record",
    "drop_capture",
    "drop_expired_images",
    "drop_kept_images",
    "due_at",
    "export_patient",
    "find_invitation",
    "finish_capture",
    "grant_consent",
    "has_consent",
    "hold_captures",
    "hold_unread_captures",
    "invite_patient",
    "lift_restriction",
    "link_user",
    "open_request",
    "patients_who_consent",
    "restrict_processing",
    "submit_check_in",
    "withdraw_consent",
]
