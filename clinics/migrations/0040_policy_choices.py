import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from clinics.migration_operations import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("clinics", "0033_staff_names")]

    operations = [
        migrations.CreateModel(
            name="PolicyChoice",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "jurisdiction",
                    models.CharField(help_text="A file of clinics/policies/.", max_length=30),
                ),
                (
                    "switched_off",
                    models.JSONField(default=list, help_text="Purposes the clinic does without."),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("chosen_by", models.CharField(max_length=60)),
                (
                    "clinic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinics.clinic",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "number"), name="policy_choices_are_counted")
                ],
            },
        ),
        IsolateTable("PolicyChoice", append_only=True),
    ]
