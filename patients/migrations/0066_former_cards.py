from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("patients", "0061_fairness")]

    operations = [
        migrations.AlterField(
            model_name="correction",
            name="field",
            field=models.CharField(
                choices=[
                    ("name", "name"),
                    ("birth_date", "date of birth"),
                    ("email", "e-mail"),
                    ("phone", "phone"),
                    ("emergency_contacts", "emergency contacts"),
                    ("safety_plan", "safety plan"),
                    ("mood", "mood of a check-in"),
                    ("note", "note of a check-in"),
                ],
                max_length=20,
            ),
        ),
    ]
