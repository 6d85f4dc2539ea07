"""A yes to the last question of the PHQ-9 that nobody takes: from the patient's tap to the next one's mail.

Everything is real and runs in processes of its own, a mail server among them. Timers are seconds long instead
of an hour (DUTY_TIMER_SECONDS); nothing else differs from a clinic's day.
"""

import tempfile
from pathlib import Path
from typing import Any

import httpx

from clinics import tenancy
from clinics.models import Clinic, Membership, Role
from moodvision.demo import mail_server, stage
from moodvision.demo.mail_server import MailServer
from moodvision.demo.stage import CLINIC, CLINICIAN, PATIENT, DemoError, Timeline
from patients import services
from patients.models import Patient, QuestionnaireRound

ALERT_SECONDS = 30
TIMER_SECONDS = 5
MAIL_SECONDS = 90
OWNER_POOL, NEXT = "alice@north.example", "nora@north.example"
"""Who is on duty, and who is on call after them: `moodvision.demo.cover`."""


def play() -> dict[str, Any]:
    """Runs the demonstration in a database of its own; the timeline, or DemoError."""
    timeline = Timeline()
    with (
        tempfile.TemporaryDirectory() as folder,
        mail_server.running(Path(folder) / "mails") as server,
        stage.system(timeline, _settings(server)) as address,
    ):
        due = _ask()
        timeline.note("PHQ-9 due", form="phq9")
        _answer_and_wait(address, server, due, timeline)
    return {
        "alert_reached_screen": True,
        "escalation_reached_mailbox": True,
        "answer_to_screen_ms": timeline.between_ms("answer given", "alert on the clinician's WebSocket"),
        "answer_to_escalation_mail_ms": timeline.between_ms("answer given", "escalation mail received"),
        "data": f"synthetic patient; timers of {TIMER_SECONDS} s instead of 60 minutes",
        "timeline": timeline.steps,
    }


def _settings(server: MailServer) -> dict[str, str]:
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(server.port),
        "EMAIL_USE_TLS": "0",
        "DUTY_TIMER_SECONDS": str(TIMER_SECONDS),
        "DUTY_SWEEP_SECONDS": "1",
        "MESSAGE_SECONDS": "1",
    }


def _ask() -> QuestionnaireRound:
    """The administrator chooses the form, and it is due."""
    clinic = Clinic.objects.get(slug=CLINIC)
    with tenancy.enter(clinic.pk):
        services.save_plan(
            clinic=clinic,
            questionnaire="phq9",
            is_on=True,
            every_days=14,
            late_after_days=3,
            closes_after_days=7,
            by=Membership.objects.get(clinic=clinic, role=Role.ADMINISTRATOR),
        )
        patient = Patient.objects.get(clinic=clinic, user__email=PATIENT)
        services.open_due_rounds(patient=patient)
        return QuestionnaireRound.objects.open().get(patient=patient, questionnaire="phq9")


def _answer_and_wait(address: str, server: MailServer, due: QuestionnaireRound, timeline: Timeline) -> None:
    with stage.browser(address) as clinician, stage.browser(address) as patient:
        stage.sign_in(clinician, CLINICIAN)
        timeline.note("clinician signed in", who=CLINICIAN)
        with stage.screen_of(clinician, address) as screen:
            stage.sign_in(patient, PATIENT)
            timeline.note("patient signed in", who=PATIENT)
            timeline.note("answer given", item="9")
            page = _say_yes(patient, due)
            timeline.note("answer saved", form="left unfinished")
            frame = stage.wait_for_alert(screen, ALERT_SECONDS)
            timeline.note("alert on the clinician's WebSocket", frame=frame)
        timeline.note("patient's next page", status=patient.get(page).status_code)
        _wait_for_mail(server, OWNER_POOL, "mail to who is on duty", timeline)
        timeline.note("nobody takes it", timer_s=TIMER_SECONDS)
        _wait_for_mail(server, NEXT, "escalation mail received", timeline)


def _say_yes(patient: httpx.Client, due: QuestionnaireRound) -> str:
    """Opens the last question and answers it; the other eight stay open, and nothing is sent off."""
    path = f"/c/{CLINIC}/me/questionnaires/{due.pk}/9/"
    return stage.post_form(patient, path, {"item-9": "2"})


def _wait_for_mail(server: MailServer, to: str, step: str, timeline: Timeline) -> None:
    for count in range(1, 100):
        mails = [mail for mail in server.wait_for(count, MAIL_SECONDS) if to in mail["to"]]
        if mails:
            timeline.note(step, to=to, subject=mails[0]["subject"])
            return
        if len(server.mails) < count:
            break
    raise DemoError(f"No mail to {to} within {MAIL_SECONDS} s.")
