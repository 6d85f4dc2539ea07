import uuid

import django.utils.timezone
from django.db import migrations, models

from clinics.migration_operations import append_only


class Migration(migrations.Migration):
    dependencies = [("clinics", "0051_isolation_of_rights")]

    operations = [
        migrations.CreateModel(
            name="AnchorMemory",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("chain", models.CharField(max_length=40)),
                ("line", models.PositiveBigIntegerField()),
                ("line_hash", models.CharField(max_length=64)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("chain", "line"), name="an_anchor_is_remembered_once")
                ]
            },
        ),
        migrations.CreateModel(
            name="SpoolMemory",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("host", models.CharField(max_length=100)),
                ("series", models.UUIDField()),
                ("number", models.PositiveBigIntegerField()),
                ("line_hash", models.CharField(max_length=64)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("opened", "Opened"),
                            ("written", "Written"),
                            ("refused", "Refused"),
                            ("lost", "Lost"),
                        ],
                        max_length=10,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("series", "number"), name="a_spooled_number_ends_once")
                ]
            },
        ),
        *(
            migrations.RunSQL(statement, migrations.RunSQL.noop)
            for table in ("clinics_anchormemory", "clinics_spoolmemory")
            for statement in append_only(table)
        ),
    ]
