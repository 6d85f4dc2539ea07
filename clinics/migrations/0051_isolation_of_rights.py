from django.db import migrations

from clinics.migration_operations import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("clinics", "0050_retention")]

    operations = [
        IsolateTable("RetentionPeriod"),
        IsolateTable("RetentionRun"),
    ]
