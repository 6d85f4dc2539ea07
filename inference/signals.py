"""News of this app, for the apps above; receivers are connected in moodvision/pipeline.py.

They are sent inside the transaction that stores the readings, in which the patients' rows are locked.
"""

from django.dispatch import Signal

readings_stored = (
    Signal()
)  # clinic_id, readings: list[Reading], patient_ids: list[UUID] in the order of the locks
reading_dead = Signal()  # clinic_id, patient_id, check_in_id, reading: Reading; sent before readings_stored
readings_contested = Signal()  # clinic_id, patient_id, readings: list[Reading]; contested, or no longer
