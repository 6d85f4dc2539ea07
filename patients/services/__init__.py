from patients.services.break_glass import (
    appoint_deputy,
    break_glass,
    delay_notice,
    mark_notices_seen,
    review_break_glass,
)
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
from patients.services.consents import grant_consent, has_consent, record_guardian_decision, withdraw_consent
from patients.services.corrections import correct_check_in, correct_record
from patients.services.desk_erasures import (
    cancel_recorded_erasure,
    confirm_recorded_erasure,
    record_erasure,
)
from patients.services.emergencies import ContactDraft, save_emergency_card
from patients.services.erasures import (
    SomethingIsLeft,
    cancel_erasure,
    confirm_erasure,
    request_erasure,
    run_due_erasures,
    run_erasure,
)
from patients.services.exports import EXPORTS_A_DAY, Export, export_patient
from patients.services.guardians import (
    add_guardian,
    end_guardian,
    needs_guardian,
    set_decider,
    set_legal_status,
)
from patients.services.holds import is_held, lift_legal_hold, place_legal_hold
from patients.services.lifecycle import discharge_patient, readmit_patient, record_death, transfer_patient
from patients.services.merging import merge_patients
from patients.services.notices import due_notices, record_notices
from patients.services.pins import check_pin, remove_pin, set_pin
from patients.services.programmes import close_programme, join_programme, leave_programme, open_programme
from patients.services.records import (
    INVITATION_DAYS,
    accept_invitation,
    admit_patient,
    find_invitation,
    invite_patient,
    link_user,
)
from patients.services.requests import close_request, due_at, extend_request, open_request
from patients.services.restrictions import lift_restriction, restrict_processing
from patients.services.sign_ins import record_failed_sign_in, record_sign_in, record_sign_out

__all__ = [
    "EXPORTS_A_DAY",
    "INVITATION_DAYS",
    "WORKER",
    "ClaimedCaptures",
    "ContactDraft",
    "Export",
    "SomethingIsLeft",
    "SubmittedCheckIn",
    "accept_invitation",
    "add_guardian",
    "admit_patient",
    "appoint_deputy",
    "break_glass",
    "bury_capture",
    "cancel_erasure",
    "cancel_recorded_erasure",
    "check_pin",
    "claim_captures",
    "clinics_with_waiting_captures",
    "close_programme",
    "close_request",
    "confirm_erasure",
    "confirm_recorded_erasure",
    "correct_check_in",
    "correct_record",
    "delay_notice",
    "discharge_patient",
    "drop_capture",
    "drop_expired_images",
    "drop_kept_images",
    "due_at",
    "due_notices",
    "end_guardian",
    "export_patient",
    "extend_request",
    "find_invitation",
    "finish_capture",
    "grant_consent",
    "has_consent",
    "hold_captures",
    "hold_unread_captures",
    "invite_patient",
    "is_held",
    "join_programme",
    "kept_days",
    "leave_programme",
    "lift_legal_hold",
    "lift_restriction",
    "link_user",
    "mark_notices_seen",
    "merge_patients",
    "needs_guardian",
    "open_programme",
    "open_request",
    "place_legal_hold",
    "readmit_patient",
    "record_death",
    "record_erasure",
    "record_failed_sign_in",
    "record_guardian_decision",
    "record_notices",
    "record_sign_in",
    "record_sign_out",
    "remove_pin",
    "request_erasure",
    "restrict_processing",
    "review_break_glass",
    "run_due_erasures",
    "run_erasure",
    "save_emergency_card",
    "set_decider",
    "set_legal_status",
    "set_pin",
    "submit_check_in",
    "transfer_patient",
    "withdraw_consent",
]
