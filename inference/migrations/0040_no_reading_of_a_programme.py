from django.db import migrations, models

NO_READING = """
ALTER TABLE inference_reading ADD CONSTRAINT reading_of_no_programme
    FOREIGN KEY (clinic_id, check_in_id, is_of_programme)
    REFERENCES patients_checkin (clinic_id, id, is_of_programme) DEFERRABLE INITIALLY DEFERRED
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0042_one_switch"),
        ("inference", "0002_isolation"),
        ("patients", "0041_programmes"),
    ]

    operations = [
        migrations.AddField(
            model_name="reading",
            name="is_of_programme",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddConstraint(
            model_name="reading",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_of_programme", False)), name="no_reading_of_a_programme"
            ),
        ),
        migrations.RunSQL(
            NO_READING, "ALTER TABLE inference_reading DROP CONSTRAINT reading_of_no_programme"
        ),
    ]
