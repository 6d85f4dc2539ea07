import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    """Profiles that were saved before keep what they had: the second day counted, and their own window."""

    dependencies = [("scoring", "0051_events_of_held_alerts")]

    operations = [
        migrations.AddField(
            model_name="modelreference",
            name="confusion",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.FloatField(),
                help_text="7 x 7 counts, row by row: true emotion, answer",
                null=True,
                size=49,
            ),
        ),
        migrations.AddConstraint(
            model_name="modelreference",
            constraint=models.CheckConstraint(
                condition=models.Q(("confusion__isnull", True), ("confusion__len", 49), _connector="OR"),
                name="a_confusion_is_7_by_7",
            ),
        ),
        migrations.AddField(
            model_name="scoreprofile",
            name="estimator",
            field=models.CharField(
                choices=[
                    ("mixture", "estimated with the model's known mistakes"),
                    ("mean", "plain mean of the readings"),
                ],
                default="mixture",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="scoreprofile",
            name="second_day",
            field=models.BooleanField(default=True),
        ),
        migrations.AlterField(
            model_name="scoreprofile",
            name="second_day",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="scoreprofile",
            name="evidence",
            field=models.FloatField(default=0.6),
        ),
        migrations.AlterField(
            model_name="scoreprofile",
            name="window_days",
            field=models.PositiveSmallIntegerField(default=10),
        ),
    ]
