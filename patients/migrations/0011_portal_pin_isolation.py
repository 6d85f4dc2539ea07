from django.db import migrations

from clinics.migration_operations import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("patients", "0010_portal_pin")]

    operations = [IsolateTable("PortalPin")]
