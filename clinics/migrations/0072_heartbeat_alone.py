from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("clinics", "0075_messages")]

    operations = [migrations.RemoveField("heartbeat", "told_at")]
