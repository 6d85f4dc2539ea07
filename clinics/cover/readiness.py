"""What must be settled before the PHQ-9, whose last question needs somebody, is switched on."""

from clinics.cover.snapshot import safety_of
from clinics.models import Clinic, ClinicSettings, CoverTime, Lane, Membership, TrialAlert


def missing_for_item_nine(clinic: Clinic) -> list[str]:
    """Codes of what is missing: lead, deputy, cover_hours, crisis_contacts, test_alert. Empty: nothing."""
    safety = safety_of(clinic)
    settings = ClinicSettings.objects.filter(clinic=clinic).first()
    confirmed = TrialAlert.objects.filter(
        clinic=clinic, confirmed_at__isnull=False, membership__is_active=True
    )
    has = {
        "lead": is_clinician(safety.lead),
        "deputy": is_clinician(safety.deputy),
        "cover_hours": CoverTime.objects.filter(clinic=clinic, lane=Lane.ITEM_9).exists(),
        "crisis_contacts": bool(settings and settings.crisis_contacts.strip()),
        "test_alert": confirmed.exists(),
    }
    return [code for code, is_there in has.items() if not is_there]


def is_clinician(member: Membership | None) -> bool:
    """Lead and deputy are clinicians at work here: an account switched off is neither."""
    return member is not None and member.treats_patients
