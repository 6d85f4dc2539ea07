from clinics.cover.snapshot import safety_of
from clinics.models import Clinic, ClinicSettings


def is_live(clinic: Clinic) -> bool:
    """Whether alerts from photos reach clinicians. Demo clinics are live; all others once their checklist is
    complete and somebody decided it. Inside the clinic."""
    if ClinicSettings.objects.filter(clinic=clinic, is_demo=True).exists():
        return True
    return safety_of(clinic).live_since is not None
