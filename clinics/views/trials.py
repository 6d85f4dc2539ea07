"""A test alert, as the person sees it whom it was sent to."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from clinics import access
from clinics.cover import trials
from clinics.errors import DomainError
from clinics.requests import ClinicRequest


@never_cache
@require_http_methods(["GET", "POST"])
def trial_alert(request: ClinicRequest, clinic: str, trial_id: uuid.UUID) -> HttpResponse:
    """A link alone confirms nothing: scanners of mail follow links, people press the button."""
    by = access.get_member(request.membership)
    trial = access.get_own_trial(by, trial_id)
    if request.method == "POST":
        try:
            trials.confirm(trial=trial, by=by)
        except DomainError as refusal:
            messages.error(request, str(refusal.message))
        else:
            messages.success(request, _("Thank you: this test alert reached you."))
        return redirect("clinics:trial_alert", clinic, trial.pk)
    return render(request, "clinics/trial_alert.html", {"trial": trial})
