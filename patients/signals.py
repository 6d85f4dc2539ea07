"""News of this app, for the apps above; receivers are connected in moodvision/pipeline.py."""

from django.dispatch import Signal

check_in_submitted = Signal()  # clinic_id, patient_id, check_in_id; inside the transaction
processing_restricted = Signal()  # clinic_id, patient_id; inside the transaction
restriction_lifted = Signal()  # clinic_id, patient_id; inside the transaction
consent_withdrawn = Signal()  # clinic_id, patient_id, purpose; inside the transaction
