from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clinics", "0052_log_memory")]

    operations = [
        migrations.CreateModel(
            name="DenialCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("hour", models.DateTimeField()),
                ("origin", models.CharField(max_length=50)),
                ("asked", models.PositiveIntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("hour", "origin"), name="one_count_per_origin_and_hour")
                ]
            },
        ),
    ]
