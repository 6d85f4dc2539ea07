from django.db import migrations

from clinics.migration_operations import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("inference", "0001_initial"), ("patients", "0002_isolation")]

    operations = [IsolateTable("Reading")]
