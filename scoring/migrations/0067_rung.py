from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scoring", "0066_isolation_of_alert_rules")]

    operations = [
        migrations.AddField(
            model_name="alerttimer",
            name="rung",
            field=models.CharField(blank=True, default="", max_length=20),
        ),
    ]
