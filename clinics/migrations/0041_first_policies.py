"""Clinics from before the policy work on as they did: the generic template, photos off where they were."""

from django.db import migrations


def choose_generic(apps, schema_editor):
    alias = schema_editor.connection.alias
    choices = apps.get_model("clinics", "PolicyChoice").objects.using(alias)
    settings = apps.get_model("clinics", "ClinicSettings").objects.using(alias)
    with schema_editor.connection.cursor() as cursor:
        for clinic in apps.get_model("clinics", "Clinic").objects.using(alias).order_by("slug"):
            cursor.execute("SELECT set_config('app.clinic', %s, true)", [str(clinic.pk)])
            is_off = settings.filter(clinic=clinic, allows_facial_analysis=False).exists()
            choices.create(
                clinic=clinic,
                number=1,
                jurisdiction="generic",
                switched_off=["facial_analysis"] if is_off else [],
                chosen_by="system:migration",
            )
        cursor.execute("SELECT set_config('app.clinic', '', true)")


class Migration(migrations.Migration):
    dependencies = [("clinics", "0040_policy_choices")]

    operations = [migrations.RunPython(choose_generic, migrations.RunPython.noop)]
