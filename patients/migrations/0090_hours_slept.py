from django.db import migrations, models

ANSWERS = ["mood", "note", "hours_slept"]


class Migration(migrations.Migration):
    dependencies = [("patients", "0066_former_cards")]

    operations = [
        migrations.AddField(
            model_name="checkin",
            name="hours_slept",
            field=models.FloatField(blank=True, help_text="In the last night, 0 to 24", null=True),
        ),
        migrations.AddConstraint(
            model_name="checkin",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("hours_slept", None),
                    models.Q(("hours_slept__gte", 0), ("hours_slept__lte", 24)),
                    _connector="OR",
                ),
                name="hours_slept_are_0_to_24",
            ),
        ),
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
                    ("hours_slept", "hours slept of a check-in"),
                ],
                max_length=20,
            ),
        ),
        migrations.RemoveConstraint(model_name="correction", name="an_answer_belongs_to_a_check_in"),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("check_in__isnull", False), ("field__in", ANSWERS)),
                    models.Q(models.Q(("field__in", ANSWERS), _negated=True), ("check_in__isnull", True)),
                    _connector="OR",
                ),
                name="an_answer_belongs_to_a_check_in",
            ),
        ),
    ]
