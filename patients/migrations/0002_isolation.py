from django.db import migrations

from clinics.migration_operations import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("patients", "0001_initial"), ("clinics", "0002_isolation")]

    operations = [
        IsolateTable("Patient", found_by_person=True),
        IsolateTable("Invitation"),
        IsolateTable("Consent", append_only=True),
        IsolateTable("CheckIn"),
        IsolateTable("Capture"),
    ]
