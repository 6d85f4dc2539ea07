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
record_reopened = Signal()  # clinic_id, patient_id, was (the state before), by; inside the transaction
care_team_changed = Signal()  # clinic_id, patient_id; inside the transaction
patients_merged = Signal()  # clinic_id, patient_id, double_id; inside the transaction

# Questionnaires. `questionnaire` is the name of a definition file ("phq9"), `item` the number on the form as
# published, a text: "1" to "9", or "difficulty". Item 9 is questionnaire == "phq9" and item == "9".
answer_saved = Signal()
"""clinic_id, patient_id, questionnaire, round_id, answer_id, item, value (int, or None: left open on
purpose), at (when the person answered), door, is_late; inside the transaction, for every row kept."""
questionnaire_closed = Signal()
"""clinic_id, patient_id, round_id, questionnaire, total, band, previous_total, previous_band, baseline (the
first total of this form before this one), has_unanswered_item_nine (a PHQ-9 that was begun and ended without
it), was_started, at; inside the transaction. None: there is none. Sent again when an answer that was given in
time arrives after the end and changes the total."""
