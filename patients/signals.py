"""News of this app, for the apps above; receivers are connected in moodvision/pipeline.py."""

from django.dispatch import Signal

check_in_submitted = Signal()  # clinic_id, patient_id, check_in_id; inside the transaction
processing_restricted = Signal()  # clinic_id, patient_id; inside the transaction
restriction_lifted = Signal()  # clinic_id, patient_id; inside the transaction
consent_withdrawn = Signal()  # clinic_id, patient_id, purpose; inside the transaction
patient_erased = Signal()  # clinic_id, patient_id, extent; inside the transaction that erased the rows
face_switched_off = Signal()  # clinic_id, patient_id, reason; inside the transaction
decider_changed = Signal()  # clinic_id, patient_id; inside the transaction: consent may no longer hold
record_closing = Signal()  # clinic_id, patient_id, state, by; before it is closed: a receiver may refuse
care_team_changed = Signal()  # clinic_id, patient_id; inside the transaction
patients_merged = Signal()  # clinic_id, patient_id, double_id; inside the transaction
