from django.db import migrations

from clinics.migration_operations import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("patients", "0050_rights")]

    operations = [
        IsolateTable("Correction"),
        IsolateTable("RightsRequest"),
    ]
