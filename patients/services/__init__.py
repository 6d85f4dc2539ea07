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
    kept_days,
)
from patients.services.check_ins import SubmittedCheckIn, submit_check_in
from patients.services.consents import grant_consent, has_consent, withdraw_consent
from patients.services.notices import due_notices, record_notices
from patients.services.programmes import close_programme, join_programme, leave_programme, open_programme
from patients.services.records import (
    INVITATION_DAYS,
    accept_invitation,
    admit_patient,
    find_invitation,
    invite_patient,
    link_user,
)

__all__ = [
    "INVITATION_DAYS",
    "WORKER",
    "ClaimedCaptures",
    "SubmittedCheckIn",
    "accept_invitation",
    "admit_patient",
    "bury_capture",
    "claim_captures",
    "clinics_with_waiting_captures",
    "close_programme",
    "drop_capture",
    "drop_expired_images",
    "drop_kept_images",
    "due_notices",
    "find_invitation",
    "finish_capture",
    "grant_consent",
    "has_consent",
    "hold_captures",
    "hold_unread_captures",
    "invite_patient",
    "join_programme",
    "kept_days",
    "leave_programme",
    "link_user",
    "open_programme",
    "record_notices",
    "submit_check_in",
    "withdraw_consent",
]
