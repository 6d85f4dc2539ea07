from django.db import migrations

from clinics.migration_operations import IsolateTable


class Migration(migrations.Migration):
    dependencies = [("clinics", "0010_staff_invitations")]

    operations = [IsolateTable("StaffInvitation")]
