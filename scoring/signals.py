"""News of this app, for the apps above; receivers are connected in moodvision/pipeline.py."""

from django.dispatch import Signal

scores_changed = Signal()  # clinic_id, patient_ids; inside the transaction
alert_raised = Signal()  # clinic_id, alert_id, seq: anything new about an alert; inside the transaction
