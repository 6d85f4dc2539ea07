from django.db import migrations

from clinics.migration_operations import EraseWithPatient

OF_THE_PATIENT = "alert_id IN (SELECT id FROM scoring_alert WHERE patient_id = $1)"


class Migration(migrations.Migration):
    dependencies = [("scoring", "0002_isolation"), ("patients", "0020_erasing")]

    operations = [EraseWithPatient("AlertEvent", OF_THE_PATIENT)]
