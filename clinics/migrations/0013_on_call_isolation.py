from django.db import migrations

from clinics.migration_operations import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("clinics", "0012_on_call")]

    operations = [IsolateTable("OnCallUnlock")]
