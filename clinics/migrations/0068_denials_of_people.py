import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clinics", "0056_denial_counts")]

    operations = [
        migrations.AddField("denialcount", "clinic_id", models.UUIDField(default=uuid.UUID(int=0))),
        migrations.RemoveConstraint("denialcount", "one_count_per_origin_and_hour"),
        migrations.AddConstraint(
            "denialcount",
            models.UniqueConstraint(
                fields=("hour", "origin", "clinic_id"), name="one_count_per_origin_and_hour"
            ),
        ),
    ]
