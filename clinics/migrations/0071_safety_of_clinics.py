"""Clinics from before get their row: without hours, lead and deputy, and in shadow."""

from django.db import migrations


def add_rows(apps, schema_editor):
    alias = schema_editor.connection.alias
    rows = apps.get_model("clinics", "ClinicSafety").objects.using(alias)
    with schema_editor.connection.cursor() as cursor:
        for clinic in apps.get_model("clinics", "Clinic").objects.using(alias).order_by("slug"):
            cursor.execute("SELECT set_config('app.clinic', %s, true)", [str(clinic.pk)])
            rows.get_or_create(clinic=clinic)
        cursor.execute("SELECT set_config('app.clinic', '', true)")


class Migration(migrations.Migration):
    dependencies = [("clinics", "0070_cover")]

    operations = [migrations.RunPython(add_rows, migrations.RunPython.noop)]
