"""Which questionnaires a clinic uses and how often, and to whom they are offered."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinics import access_log, cover
from clinics.errors import DomainError
from clinics.models import Clinic, Membership
from patients.models import Patient, QuestionnairePlan
from patients.questionnaires import published
from patients.questionnaires.published import Questionnaire

LONGEST_DAYS = 366
INSTEAD = {"phq9": "phq8"}
"""What is asked while a clinic is not ready for a question that must not go unheard."""

SAME_SERIES = {"phq9": ("phq9", "phq8"), "phq8": ("phq9", "phq8")}
"""Which forms stand in for one another: never both, and one schedule for the two."""


@dataclass(frozen=True)
class PlanInUse:
    """What is asked now. `stands_in_for`: the form that the clinic chose and is not ready for."""

    questionnaire: str
    every_days: int
    late_after_days: int
    closes_after_days: int
    stands_in_for: str = ""


@dataclass(frozen=True)
class NotOffered:
    code: str
    message: str | Promise


def plans_in_use(clinic: Clinic) -> list[PlanInUse]:
    """In the entered clinic, in the order of the files. PHQ-9 only while somebody will hear item 9."""
    rows = {row.questionnaire: row for row in QuestionnairePlan.objects.filter(clinic=clinic, is_on=True)}
    found = []
    for name in published.questionnaires():
        row = rows.get(name)
        if row is None:
            continue
        is_ready = not published.get(name).item_nine or not cover.missing_for_item_nine(clinic)
        found.append(
            PlanInUse(
                questionnaire=name if is_ready else INSTEAD[name],
                every_days=row.every_days,
                late_after_days=row.late_after_days,
                closes_after_days=row.closes_after_days,
                stands_in_for="" if is_ready else name,
            )
        )
    return found


@transaction.atomic
def save_plan(
    *,
    clinic: Clinic,
    questionnaire: str,
    is_on: bool,
    every_days: int,
    late_after_days: int,
    closes_after_days: int,
    by: Membership,
) -> QuestionnairePlan:
    """Rounds that are open keep their days. Raises DomainError, for item 9 with what is missing."""
    if not by.administers:
        raise DomainError("may_not_plan", _("Only an administrator may change this."))
    form = published.questionnaires().get(questionnaire)
    if form is None:
        raise DomainError("unknown_questionnaire", _("There is no such form."), field="questionnaire")
    shortest = form.schedule.shortest_days
    if not shortest <= every_days <= LONGEST_DAYS:
        days = _("Please choose %(shortest)d to %(longest)d days.")
        message = days % {"shortest": shortest, "longest": LONGEST_DAYS}
        raise DomainError("every_days_out_of_range", message, field="every_days")
    if not 1 <= late_after_days <= closes_after_days <= every_days:
        order = _("A form is first due, then late, then closed, and closed before the next is due.")
        raise DomainError("days_out_of_order", order, field="closes_after_days")
    if is_on:
        _check_may_be_on(clinic, form)
    row = QuestionnairePlan.objects.select_for_update(no_key=True).filter(
        clinic=clinic, questionnaire=questionnaire
    ).first() or QuestionnairePlan(clinic=clinic, questionnaire=questionnaire)
    row.is_on, row.every_days = is_on, every_days
    row.late_after_days, row.closes_after_days = late_after_days, closes_after_days
    row.save()
    access_log.record("settings.questionnaire", by=by, form=questionnaire, is_on=is_on, every_days=every_days)
    return row


def _check_may_be_on(clinic: Clinic, form: Questionnaire) -> None:
    others = [name for name in SAME_SERIES.get(form.name, ()) if name != form.name]
    if QuestionnairePlan.objects.filter(clinic=clinic, questionnaire__in=others, is_on=True).exists():
        message = _("PHQ-9 and PHQ-8 ask the same questions: please switch the other one off first.")
        raise DomainError("other_form_is_on", message, field="is_on")
    if form.item_nine and cover.missing_for_item_nine(clinic):
        message = _(
            "The PHQ-9 asks about being better off dead. It can be switched on once the clinic's safety "
            "settings are complete. Until then please use the PHQ-8."
        )
        raise DomainError("not_ready_for_item_nine", message, field="is_on")


def why_not_offered(patient: Patient, form: Questionnaire) -> NotOffered | None:
    """To whom a form is not offered, whatever the clinic chose."""
    if not patient.is_followed:
        return NotOffered("closed", _("This record is closed."))
    if patient.user is None:
        return NotOffered("no_account", _("This patient has no account yet."))
    if patient.is_restricted:
        return NotOffered("restricted", _("The patient paused the processing of their data."))
    if is_under(patient, form.from_age):
        return NotOffered("under_age", _("This form is made for adults."))
    if not form.is_published_in(patient.user.language):
        return NotOffered("no_published_form", _("This form is not published in the patient's language."))
    return None


def is_under(patient: Patient, age: int) -> bool:
    """A patient whose date of birth is unknown counts as an adult: the clinic knows whom it treats."""
    try:
        born = date.fromisoformat(str(patient.birth_date or ""))
    except ValueError:
        return False
    today = timezone.localdate(timezone=patient.zone)
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day)) < age
