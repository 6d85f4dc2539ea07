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
from patients.services.consents import (
    grant_consent,
    has_consent,
    record_guardian_decision,
    withdraw_consent,
)
from patients.services.guardians import (
    add_guardian,
    end_guardian,
    needs_guardian,
    set_decider,
    set_legal_status,
)
from patients.services.lifecycle import (
    discharge_patient,
    readmit_patient,
    record_death,
    transfer_patient,
)
from patients.services.merging import merge_patients
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
    "add_guardian",
    "admit_patient",
    "bury_capture",
    "claim_captures",
    "clinics_with_waiting_captures",
    "close_programme",
    "discharge_patient",
    "drop_capture",
    "drop_expired_images",
    "drop_kept_images",
    "due_notices",
    "end_guardian",
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
    "merge_patients",
    "needs_guardian",
    "open_programme",
    "readmit_patient",
    "record_death",
    "record_guardian_decision",
    "record_notices",
    "set_decider",
    "set_legal_status",
    "submit_check_in",
    "transfer_patient",
    "withdraw_consent",
]
