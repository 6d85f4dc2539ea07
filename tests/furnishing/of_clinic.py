"""What hangs on a clinic."""

import uuid
from datetime import time, timedelta
from typing import Any

from django.utils import timezone

from clinics import log_reviews, staff, tenancy
from clinics.access_log import System
from clinics.cover import declaring, rota, trials
from clinics.cover.hours import WeeklyTime
from clinics.messages import choosing
from clinics.models import (
    Channel,
    Clinic,
    ClinicSafety,
    Holiday,
    Lane,
    MemberAddress,
    ShadowLook,
    Shift,
    StaffInvitation,
    TrialAlert,
)
from inference import promotion
from inference.models import WatchNotice, WatchWeek
from inference.services.watch import last_whole_week
from scoring import services as scoring_services
from scoring.models import RuleSetting
from tests.furnishing.staff import Staff, Words


def furnish_clinic(clinic: Clinic, by: Staff, words: Words) -> dict[str, Any]:
    """A clinic's own rows. Returns the ids that URLs name."""
    with tenancy.enter(clinic.pk):
        staff.invite_member(
            name=words("clinics.staffinvitation.name"),
            email=words("clinics.staffinvitation.email"),
            role="observer",
            by=by.administrator,
        )
        invitation = StaffInvitation.objects.latest("expires_at")
        review = log_reviews.save_review(query="", first_number=1, last_number=2, entries=2, by=by.officer)
        log_reviews.sign_review(
            review_id=review.pk, conclusion=words("clinics.logreview.conclusion"), by=by.officer
        )
        furnish_rules(by, words)
        cover_ids = furnish_cover(clinic, by, words)
        promotion.pin_model(None, clinic=clinic, by=System("pin_model"))
        address = MemberAddress(
            clinic=clinic,
            membership=by.clinician,
            channel=Channel.SMS,
            address=words("clinics.memberaddress.address"),
            label=words("clinics.memberaddress.label"),
            fingerprint=uuid.uuid4().hex * 2,
        )
        address.save(force_insert=True)
        choosing.save_choices(member=by.clinician, ways=["email"], quiet_from=None, quiet_until=None)
        return {
            "invitation_id": invitation.pk,
            "review_id": review.pk,
            "member_id": by.clinician.pk,
            "code": "no_check_in",
            "address_id": address.pk,
            "notice_id": furnish_watch(clinic).pk,
            **cover_ids,
        }


def furnish_cover(clinic: Clinic, by: Staff, words: Words) -> dict[str, Any]:
    """A row in each table of who is there when."""
    admin, today = by.administrator, timezone.now().date()
    weekly = [WeeklyTime(0, time(8), time(18))]
    declaring.set_hours(clinic=clinic, lanes=[Lane.ITEM_9], weekly=weekly, by=admin)
    later = timedelta(days=Holiday.objects.filter(clinic=clinic).count())  # a clinic may be furnished twice
    holiday = declaring.add_holiday(
        clinic=clinic, day=today + later, name=words("clinics.holiday.name"), closes_urgent=True, by=admin
    )
    start = timezone.now() + later
    at = {"starts_at": start, "ends_at": start + timedelta(hours=8)}
    shift = rota.add_shift(member=by.clinician, kind=Shift.Kind.DUTY, **at, by=admin)
    leave = rota.add_leave(member=by.officer, first_day=today + later, last_day=today + later, by=admin)
    trial = trials.send(member=by.clinician, channel=TrialAlert.Channel.SCREEN, by=admin)
    ShadowLook.objects.get_or_create(clinic=clinic, week_start=today, defaults={"looked_by": admin})
    safety = ClinicSafety.objects.get(clinic=clinic)
    safety.service_statement = words("clinics.clinicsafety.service_statement")  # type: ignore[assignment]
    safety.no_answer_protocol = words("clinics.clinicsafety.no_answer_protocol")  # type: ignore[assignment]
    safety.save()
    return {
        "shift_id": shift.pk,
        "leave_id": leave.pk,
        "trial_id": trial.pk,
        "holiday_id": holiday.pk,
        "week": a_week_in_shadow(),
    }


def furnish_rules(by: Staff, words: Words) -> None:
    before = RuleSetting.objects.filter(rule="no_check_in").count()
    draft = scoring_services.RuleDraft(
        "no_check_in",
        is_on=True,
        severity="notice",
        values={"days": 5 + before},
        text=words("scoring.rulesetting.text"),
    )
    scoring_services.save_rule(draft=draft, by=by.administrator, base_version=before)
    scoring_services.save_budget(per_day=7, by=by.administrator)


def a_week_in_shadow() -> str:
    """The Monday of one that is over; the clinic the caller is in has been in shadow for longer."""
    today = timezone.now().date()
    ClinicSafety.objects.update(shadow_since=timezone.now() - timedelta(days=60))
    return (today - timedelta(days=today.weekday() + 7)).isoformat()


def furnish_watch(clinic: Clinic) -> WatchNotice:
    monday = last_whole_week(clinic)
    week = {"clinic": clinic, "week_start": monday, "model_sha256": "0" * 64}
    WatchWeek.objects.get_or_create(**week, defaults={"figures": {}})
    said = {"difference": 0.1, "low": 0.05, "high": 0.15, "model_label": "test 1"}
    about = {"question": "sex", "group": "female", "measure": WatchNotice.Measure.NOT_SCORED}
    return WatchNotice.objects.get_or_create(**week, **about, defaults=said)[0]
