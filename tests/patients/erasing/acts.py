"""What the tests of erasing do again and again."""

from clinics import tenancy
from clinics.models import Clinic, ClinicSettings
from patients import erasure, services
from patients.models import Erasure, Patient
from scoring import services as scoring_services
from scoring.models import Alert
from tests.clinics.factories import make_member


def policy(clinic: Clinic, **changes: int | str) -> None:
    with tenancy.enter(clinic.pk):
        ClinicSettings.objects.update(**changes)


def resolve_alerts(clinic: Clinic) -> None:
    alice = make_member(clinic, "clinician", "Alice Adler")
    with tenancy.enter(clinic.pk):
        for alert in Alert.objects.unresolved():
            scoring_services.resolve(alert_id=alert.pk, note="Spoke on the phone.", by=alice)


def wish_for(clinic: Clinic, patient: Patient) -> Erasure:
    with tenancy.enter(clinic.pk):
        wish = services.request_erasure(patient=patient, by=patient)
        return services.confirm_erasure(wish=wish, by=patient)


def erase(clinic: Clinic, patient: Patient) -> Erasure:
    return services.run_erasure(clinic=clinic, erasure_id=wish_for(clinic, patient).pk)


def tables_with(clinic: Clinic, patient: Patient) -> set[str]:
    with tenancy.enter(clinic.pk):
        return {where.split(".")[0] for where in erasure.scan(patient.pk)}
