"""The way to each page about who is there when, with something on it to see."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from clinics.cover import declaring, hours, rota, trials
from clinics.going_live import figures
from clinics.models import Clinic, ClinicSafety, ClinicSettings, Heartbeat, Holiday, Leave, Shift, TrialAlert
from patients import services as patient_services
from patients.models import Intake, Patient
from patients.services import IntakeDraft
from scoring.models import Alert, AlertEvent
from tests.browser.site import Site

ADA, ALICE, NORA = "ada@north.example", "alice@north.example", "nora@north.example"
KIM = "kim@north.example"


def _at(clinic: Clinic, day: date, hour: int) -> datetime:
    return hours.moment(clinic.zone, day, time(hour))


def empty_rota(page: Page, site: Site) -> None:
    """A week from now on with two shifts, hours without anybody, somebody on leave, and nobody there now."""
    with site.inside() as clinic:
        by, alice, nora = site.member(ADA), site.member(ALICE), site.member(NORA)
        today = timezone.localdate(timezone=clinic.zone)
        monday = today + timedelta(days=7 - today.weekday())
        span = {
            "starts_at__gte": _at(clinic, monday, 0),
            "starts_at__lt": _at(clinic, monday, 0) + timedelta(days=7),
        }
        Shift.objects.filter(**span).delete()
        for member, kind, first, last in ((alice, "duty", 8, 16), (nora, "on_call", 16, 22)):
            starts_at, ends_at = _at(clinic, monday, first), _at(clinic, monday, last)
            rota.add_shift(member=member, kind=kind, starts_at=starts_at, ends_at=ends_at, by=by)
        if not Leave.objects.exists():
            rota.add_leave(
                member=nora, first_day=monday + timedelta(days=2), last_day=monday + timedelta(days=9), by=by
            )
    page.goto(f"/c/north/rota/?week={monday.isoformat()}")
    expect(page.get_by_text("Nobody on duty 00:00 to 08:00")).to_be_visible()


def declared_hours(page: Page, site: Site) -> None:
    with site.inside() as clinic:
        if not Holiday.objects.exists():
            day = timezone.localdate().replace(month=12, day=25)
            declaring.add_holiday(
                clinic=clinic, day=day, name="Christmas Day", closes_urgent=False, by=site.member(ADA)
            )
    page.goto("/c/north/settings/cover/?lane=routine")
    expect(page.get_by_text("Monday to Friday, 08:00 to 18:00").first).to_be_visible()


def _shadow(site: Site) -> None:
    with site.inside():
        ClinicSettings.objects.update(is_demo=False)
        ClinicSafety.objects.update(shadow_since=timezone.now() - timedelta(days=30), live_since=None)


def _demo(site: Site) -> None:
    with site.inside():
        ClinicSettings.objects.update(is_demo=True)


def in_shadow(page: Page, site: Site) -> None:
    _shadow(site)
    page.goto("/c/north/settings/going-live/")
    expect(page.get_by_text("In shadow:")).to_be_visible()
    _demo(site)


def one_week(page: Page, site: Site) -> None:
    _shadow(site)
    with site.inside() as clinic:
        week = figures.weeks(clinic)[1]
        patient = Patient.objects.order_by("record_number").first()
        assert patient is not None
        _record_in_shadow(clinic, patient, _at(clinic, week.start + timedelta(days=1), 10))
    page.goto(f"/c/north/settings/going-live/{week.start.isoformat()}/")
    expect(page.get_by_role("button", name="We have looked at this week")).to_be_visible()
    _demo(site)


def _record_in_shadow(clinic: Clinic, patient: Patient, at: datetime) -> None:
    if Alert.objects.filter(is_shadow=True).exists():
        return
    seq = (Alert.objects.order_by("-seq").values_list("seq", flat=True).first() or 0) + 1_000_000
    alert = Alert.objects.create(
        clinic=clinic,
        patient=patient,
        seq=seq,
        rule=Alert.Rule.SUSTAINED_EMOTION,
        lane=Alert.Lane.FACE,
        state=Alert.State.SHADOW,
        is_shadow=True,
        opened_at=at,
    )
    AlertEvent.objects.create(clinic=clinic, alert=alert, seq=seq, kind=AlertEvent.Kind.RECORDED, at=at)


def test_alert(page: Page, site: Site) -> None:
    with site.inside():
        known = TrialAlert.objects.filter(membership=site.member(KIM), confirmed_at=None).first()
        trial = known or trials.send(member=site.member(KIM), channel="screen", by=site.member(ADA))
    page.goto(f"/c/north/test-alerts/{trial.pk}/")
    expect(page.get_by_role("button", name="It reached me")).to_be_visible()


def intake(page: Page, site: Site) -> None:
    with site.inside():
        patient = next(row for row in Patient.objects.all() if row.name == "Clara Conrad")
        if not Intake.objects.filter(patient=patient).exists():
            draft = IntakeDraft(
                reason="Recurrent depression, second episode. No treatment of addiction here.",
                responsible=site.member(ALICE),
                deputy=site.member(NORA),
                numbers="+49 170 555 0117\n+49 30 555 0118 (sister, picks up for her)",
                safe_contact="Between 10:00 and 19:00. No message on the machine at home.",
                usual_location="At home in Pankow, third floor",
                language="German, some English",
                needs="Hears badly on the left",
                review_on=timezone.localdate() + timedelta(days=90),
            )
            patient_services.save_intake(patient=patient, draft=draft, by=site.member(ALICE))
    page.goto(f"/c/north/patients/{patient.pk}/intake/")
    expect(page.get_by_text("Hears badly on the left").first).to_be_visible()


def silent(page: Page, site: Site) -> None:
    with site.inside():
        Heartbeat.objects.all().delete()
    page.goto("/c/north/")
    expect(page.get_by_text("has not been heard of for three minutes")).to_be_visible()
    site.beat()
