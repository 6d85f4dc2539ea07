"""The clinic's rules: which are on, with which numbers, and whom they would have told of."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinics import sudo
from clinics.errors import DomainError
from patients.requests import PatientRequest
from scoring import access, rule_wording, services
from scoring.alert_rules import BY_CODE, Rule, RuleSettings
from scoring.models import RuleSetting
from scoring.queries import rule_figures, rule_lists
from scoring.queries.rule_preview import DAYS, Preview, preview
from scoring.rule_forms import BudgetForm, RuleForm
from scoring.services import rule_settings


@require_GET
def rules(request: PatientRequest, clinic: str) -> HttpResponse:
    """Every rule with its state, its numbers and how it does."""
    access.get_rules_to_change(request.membership)
    return _list(request, BudgetForm(initial={"per_day": rule_settings.budget_in_force()}))


@require_POST
@sudo.required_to_post
def rule_budget(request: PatientRequest, clinic: str) -> HttpResponse:
    access.get_rules_to_change(request.membership)
    form = BudgetForm(request.POST)
    if not form.is_valid():
        return _list(request, form, status=400)
    assert request.membership is not None  # the gate's promise
    try:
        services.save_budget(per_day=form.cleaned_data["per_day"], by=request.membership)
    except DomainError as refusal:
        form.refuse(refusal)
        return _list(request, form, status=400)
    messages.success(request, _("The budget is saved."))
    return redirect("scoring:rules", clinic)


@require_http_methods(["GET", "POST"])
def rule(request: PatientRequest, clinic: str, code: str) -> HttpResponse:
    access.get_rules_to_change(request.membership)
    found, in_force = _rule(code)
    if request.method == "GET":
        return _page(request, _form_of(found, in_force), found, in_force)
    form = RuleForm(request.POST, rule=found)
    if _checked(form) is None:
        return _page(request, form, found, in_force, status=400)
    if not sudo.is_fresh(request):
        return _page(request, form, found, in_force, status=403, needs_sudo=True)
    assert request.membership is not None  # the gate's promise
    try:
        saved = services.save_rule(
            draft=form.draft(), by=request.membership, base_version=form.cleaned_data["base_version"]
        )
    except DomainError as refusal:
        found, in_force = _rule(code)
        form.refuse(refusal)
        form.rebase(in_force.version if in_force else 0)
        return _page(request, form, found, in_force, status=409)
    if saved is None:
        messages.info(request, _("Nothing was changed, so no new version was made."))
    else:
        messages.success(request, _("Saved. The rule is judged like this from now on."))
    return redirect("scoring:rules", clinic)


@require_POST
def rule_preview(request: PatientRequest, clinic: str, code: str) -> HttpResponse:
    """Who would have been told of in the last days, by what stands in the form. Saves nothing."""
    access.get_rules_to_change(request.membership)
    found, in_force = _rule(code)
    form = RuleForm(request.POST, rule=found)
    settings = _checked(form)
    shown = None
    if settings is not None:
        assert request.membership is not None  # the gate's promise
        shown = preview(found, settings, clinic=request.clinic, by=request.membership)
    status = 200 if settings is not None else 400
    if request.htmx:  # type: ignore[attr-defined]  # django_htmx's middleware
        return render(request, "scoring/rule_preview.html", _preview(form, shown), status=status)
    return _page(request, form, found, in_force, shown=shown, status=status)


@require_GET
def figures(request: PatientRequest, clinic: str) -> HttpResponse:
    """How the rules do: how many alerts, how soon somebody took them, and whether they helped."""
    access.get_rule_figures(request.membership)
    context = {
        "figures": rule_figures.figures(clinic=request.clinic),
        "section": "figures",
    }
    return render(request, "scoring/rule_figures.html", context)


def _rule(code: str) -> tuple[Rule, RuleSetting | None]:
    if code not in BY_CODE:
        raise Http404
    return BY_CODE[code], RuleSetting.objects.in_force().filter(rule=code).first()


def _form_of(found: Rule, in_force: RuleSetting | None) -> RuleForm:
    settings = rule_settings.settings_of(found, in_force)
    text = str(in_force.text or "") if in_force else ""
    return RuleForm.of(found, settings, text=text, version=in_force.version if in_force else 0)


def _checked(form: RuleForm) -> RuleSettings | None:
    """The settings of a form that keeps every rule; otherwise None, and the form says what is wrong."""
    if not form.is_valid():
        return None
    try:
        return rule_settings.check_draft(form.draft())
    except services.RuleRefused as refusal:
        form.refuse_each(refusal)
        return None


def _list(request: PatientRequest, form: BudgetForm, *, status: int = 200) -> HttpResponse:
    context = {"rows": rule_lists.rows(request.clinic), "budget_form": form, "section": "rules"}
    return render(request, "scoring/rules.html", context, status=status)


def _page(
    request: PatientRequest,
    form: RuleForm,
    found: Rule,
    in_force: RuleSetting | None,
    *,
    shown: Preview | None = None,
    status: int = 200,
    needs_sudo: bool = False,
) -> HttpResponse:
    context = {
        "rule": found,
        "title": rule_wording.TITLES[found.code],
        "about": rule_wording.ABOUT[found.code],
        "in_force": in_force,
        "versions": rule_lists.versions(found.code),
        "needs_sudo": needs_sudo,
        "sudo_address": sudo.address(request.path),
        "section": "rules",
        **_preview(form, shown),
    }
    return render(request, "scoring/rule.html", context, status=status)


def _preview(form: RuleForm, shown: Preview | None) -> dict[str, object]:
    budget = rule_settings.budget_in_force()
    return {"form": form, "preview": shown, "days": DAYS, "budget": budget}
