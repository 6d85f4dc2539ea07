from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ClinicsConfig(AppConfig):
    name = "clinics"

    def ready(self) -> None:
        from clinics import checks, services  # noqa: F401  registers the system checks
        from clinics.crisis import checks as crisis_checks  # noqa: F401  the same

        post_migrate.connect(services.write_key_check, sender=self)
