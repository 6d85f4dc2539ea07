"""The clinic's matrix, lines and floors: changed by an administrator, tried on two weeks before."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinics import sudo
from clinics.errors import DomainError
from patients.requests import PatientRequest
from scoring import access, queries, services
from scoring.example_weeks import ExampleWeek, score_examples
from scoring.forms import MatrixForm
from scoring.models import ScoreProfile
from scoring.wording import EMOTION_NAMES


@require_http_methods(["GET", "POST"])
def matrix(request: PatientRequest, clinic: str) -> HttpResponse:
    in_force = access.get_profile_to_change(request.membership)
    if request.method == "GET":
        return _page(request, MatrixForm.of(in_force), in_force, draft=in_force)
    form = MatrixForm(request.POST)
    draft = _checked_draft(form)
    if draft is None:
        return _page(request, form, in_force, draft=None, status=400)
    if not sudo.is_fresh(request):
        return _page(request, form, in_force, draft=draft, status=403, needs_sudo=True)
    assert request.membership is not None  # the gate's promise
    base = form.cleaned_data["base_version"]
    try:
        saved = services.save_profile(draft=draft, by=request.membership, base_version=base)
    except DomainError as refusal:
        in_force = access.get_profile_to_change(request.membership)
        form.refuse(refusal)
        form.rebase(in_force.version)
        return _page(request, form, in_force, draft=draft, status=409)
    if saved.version == in_force.version:
        messages.info(request, _("Nothing was changed, so no new version was made."))
    else:
        messages.success(
            request,
            _("Version %(number)d is in force and all history has been rescored. No alert was raised.")
            % {"number": saved.version},
        )
    return redirect("scoring:matrix", clinic)


@require_POST
def preview(request: PatientRequest, clinic: str) -> HttpResponse:
    """What the typed numbers would make of two example weeks. Saves nothing; works without a script."""
    in_force = access.get_profile_to_change(request.membership)
    form = MatrixForm(request.POST)
    draft = _checked_draft(form)
    status = 200 if draft is not None else 400
    if not request.htmx:  # type: ignore[attr-defined]  # django_htmx's middleware
        return _page(request, form, in_force, draft=draft, status=status)
    context = {"form": form, **_preview(in_force, draft)}
    return render(request, "scoring/matrix_preview.html", context, status=status)


def _checked_draft(form: MatrixForm) -> ScoreProfile | None:
    """The draft of a form that keeps every rule; otherwise None, and the form says which field breaks one."""
    if not form.is_valid():
        return None
    draft = form.draft()
    try:
        services.check_profile(draft)
    except services.ProfileRefused as refusal:
        form.refuse_each(refusal.errors)
        return None
    return draft


def _page(
    request: PatientRequest,
    form: MatrixForm,
    in_force: ScoreProfile,
    *,
    draft: ScoreProfile | None,
    status: int = 200,
    needs_sudo: bool = False,
) -> HttpResponse:
    context = {
        "needs_sudo": needs_sudo,
        "sudo_address": sudo.address(request.path),
        "form": form,
        "in_force": in_force,
        "versions": queries.profile_versions(),
        "section": "matrix",
        **_preview(in_force, draft),
    }
    return render(request, "scoring/matrix.html", context, status=status)


def _preview(in_force: ScoreProfile, draft: ScoreProfile | None) -> dict[str, object]:
    """Each example week as it scores now and as it would; none while the draft breaks a rule."""
    if draft is None:
        return {"weeks": None}
    pairs = zip(score_examples(in_force), score_examples(draft), strict=True)
    return {"weeks": [_week(now, then) for now, then in pairs], "draft": draft}


def _week(now: ExampleWeek, then: ExampleWeek) -> dict[str, object]:
    return {
        "title": then.title,
        "emotions": [(EMOTION_NAMES[name], count) for name, count in then.emotions.most_common()],
        "now": now,
        "then": then,
    }
