"""Which questionnaires the clinic uses, and how often: set by administrators."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from clinics import cover, sudo
from clinics.errors import DomainError
from patients import access, services
from patients.models import QuestionnairePlan
from patients.questionnaire_forms import PlanForm
from patients.questionnaires import published
from patients.requests import PatientRequest

MISSING: dict[str, str | Promise] = {
    "lead": gettext_lazy("a clinical lead"),
    "deputy": gettext_lazy("a deputy of the lead"),
    "cover_hours": gettext_lazy("the hours in which somebody looks at such an answer"),
    "crisis_contacts": gettext_lazy("crisis contacts for patients"),
    "test_alert": gettext_lazy("a test alert that a clinician confirmed"),
}


@require_http_methods(["GET"])
def questionnaire_plans(request: PatientRequest, clinic: str) -> HttpResponse:
    access.get_administrator(request.membership)
    return _page(request)


@require_POST
def plan_questionnaire(request: PatientRequest, clinic: str, questionnaire: str) -> HttpResponse:
    """One form: on or off, and its days."""
    member = access.get_administrator(request.membership)
    if not sudo.is_fresh(request):
        return sudo.ask(request, reverse("patients:questionnaire_plans", args=[clinic]))
    if questionnaire not in published.questionnaires():
        raise Http404
    form = PlanForm(request.POST, prefix=questionnaire)
    if form.is_valid():
        try:
            services.save_plan(
                clinic=request.clinic, questionnaire=questionnaire, by=member, **form.cleaned_data
            )
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Saved. Forms that are open already keep their days."))
            return redirect("patients:questionnaire_plans", clinic)
    return _page(request, bound=(questionnaire, form))


def _page(request: PatientRequest, bound: tuple[str, PlanForm] | None = None) -> HttpResponse:
    rows = {row.questionnaire: row for row in QuestionnairePlan.objects.filter(clinic=request.clinic)}
    shown = []
    for name, questionnaire in published.questionnaires().items():
        form = PlanForm(prefix=name, initial=PlanForm.of(questionnaire, rows.get(name)))
        if bound is not None and bound[0] == name:
            form = bound[1]
        shown.append({"questionnaire": questionnaire, "form": form, "row": rows.get(name)})
    context = {
        "plans": shown,
        "missing": [MISSING.get(code, code) for code in cover.missing_for_item_nine(request.clinic)],
        "standing_in": [plan for plan in services.plans_in_use(request.clinic) if plan.stands_in_for],
        "form": bound[1] if bound is not None else shown[0]["form"],
        "section": "questionnaires",
    }
    status = 400 if bound is not None else 200
    return render(request, "patients/questionnaire_plans.html", context, status=status)
