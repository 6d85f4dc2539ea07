from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("clinics", "0071_safety_of_clinics")]

    operations = [migrations.RemoveField("heartbeat", "told_at")]
