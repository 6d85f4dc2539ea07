"""The access log for auditors and privacy officers: look, verify, take out, sign off."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinics import access_log as log
from clinics import log_reviews, signing, sudo, verification
from clinics.errors import DomainError
from clinics.models import ClinicSettings, LogReview, Membership
from patients import access
from patients.audit import exports, fhir, queries, unusual
from patients.audit.forms import LogFilterForm, SignReviewForm
from patients.audit.queries import Wanted
from patients.requests import PatientRequest

FILTERS = ("person", "record_number", "since", "until", "kind", "text", "only_disclosures")
NEWEST_REVIEWS = 50


@never_cache
@require_safe
def access_log(request: PatientRequest, clinic: str) -> HttpResponse:
    auditor = access.get_auditor(request.membership)
    form = LogFilterForm(request.GET, clinic=request.clinic)
    if not form.is_valid():
        empty = {"form": form, "page": None, "section": "access_log"}
        return render(request, "patients/access_log.html", empty, status=400)
    before = request.GET.get("before", "")
    page = queries.log_page(form.wanted(), request.clinic.pk, before=_number(before))
    _record_search(auditor, form.wanted(), shown=len(page.entries))
    context: dict[str, Any] = {
        "form": form,
        "page": page,
        "query": _query(request.GET),
        "public_key": signing.public_key_text(),
        "section": "access_log",
    }
    return render(request, "patients/access_log.html", context)


@require_POST
def verify_log(request: PatientRequest, clinic: str) -> HttpResponse:
    auditor = access.get_auditor(request.membership)
    verdict = verification.verify_clinic(request.clinic)
    log.record("access_log.verified", by=auditor, is_sound=verdict.is_sound, rows=verdict.rows)
    return render(request, "patients/log_verdict.html", {"verdict": verdict, "section": "access_log"})


@never_cache
@require_POST
def export_log(request: PatientRequest, clinic: str) -> HttpResponse:
    auditor = access.get_auditor(request.membership)
    if not sudo.is_fresh(request):
        return sudo.ask(request, reverse("patients:access_log", args=[clinic]))
    form = LogFilterForm(request.POST, clinic=request.clinic)
    try:
        entries = exports.gather(form.wanted(), request.clinic.pk) if form.is_valid() else None
    except DomainError as refusal:
        form.add_error(None, str(refusal.message))
        entries = None
    if entries is None:
        context = {"form": form, "page": None, "section": "access_log"}
        return render(request, "patients/access_log.html", context, status=400)
    is_fhir = request.POST.get("format") == "fhir"
    log.record("access_log.exported", by=auditor, entries=len(entries), format="fhir" if is_fhir else "csv")
    if is_fhir:
        source = ClinicSettings.objects.values_list("name", flat=True).get(clinic=request.clinic)
        return _file(
            fhir.as_fhir(entries, source=source), "application/fhir+json", f"{clinic}-access-log.json"
        )
    return _file(exports.as_csv(entries), "text/csv; charset=utf-8", f"{clinic}-access-log.csv")


@never_cache
@require_http_methods(["GET", "POST"])
def log_reviews_page(request: PatientRequest, clinic: str) -> HttpResponse:
    """The reviews there are; a POST saves what the filter shows as a new one."""
    auditor = access.get_auditor(request.membership)
    if request.method == "POST":
        form = LogFilterForm(request.POST, clinic=request.clinic)
        try:
            review = _save_review(form, request.POST, auditor)
        except DomainError as refusal:
            messages.error(request, str(refusal.message))
            return redirect("patients:access_log", clinic)
        return redirect("patients:sign_review", clinic, review.pk)
    reviews = access.visible_log_reviews(auditor).order_by("-saved_at")[:NEWEST_REVIEWS]
    return render(request, "patients/log_reviews.html", {"reviews": reviews, "section": "access_log"})


@never_cache
@require_http_methods(["GET", "POST"])
def sign_review(request: PatientRequest, clinic: str, review_id: uuid.UUID) -> HttpResponse:
    auditor = access.get_auditor(request.membership)
    review = access.visible_log_reviews(auditor).filter(pk=review_id).first()
    if review is None:
        raise Http404
    form = SignReviewForm(request.POST or None)
    if form.is_valid():
        try:
            log_reviews.sign_review(review_id=review.pk, by=auditor, **form.cleaned_data)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Signed off. It stays as it is from now on."))
            return redirect("patients:log_reviews", clinic)
    context = {"review": review, "form": form, "section": "access_log"}
    return render(
        request, "patients/log_review.html", context, status=400 if request.method == "POST" else 200
    )


@never_cache
@require_safe
def unusual_access(request: PatientRequest, clinic: str) -> HttpResponse:
    auditor = access.get_auditor(request.membership)
    found = unusual.unusual(request.clinic)
    log.record("access_log.searched", by=auditor, unusual=len(found))
    return render(request, "patients/unusual_access.html", {"found": found, "section": "access_log"})


def _save_review(form: LogFilterForm, said: QueryDict, auditor: Membership) -> LogReview:
    if not form.is_valid():
        raise DomainError("filter_invalid", _("This filter cannot be read: nothing was saved."))
    numbers = list(
        queries.entries(form.wanted(), auditor.clinic_id).values_list("number", flat=True)[
            : exports.MOST_ENTRIES
        ]
    )
    return log_reviews.save_review(
        query=_query(said),
        first_number=numbers[-1] if numbers else 0,
        last_number=numbers[0] if numbers else 0,
        entries=len(numbers),
        by=auditor,
    )


def _query(said: QueryDict) -> str:
    """The filter alone, as an address carries it: without the page or a token."""
    kept = QueryDict(mutable=True)
    for name in FILTERS:
        if value := said.get(name):
            kept[name] = str(value)
    return kept.urlencode()


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _record_search(auditor: Membership, wanted: Wanted, *, shown: int) -> None:
    log.record(
        "access_log.searched",
        by=auditor,
        actor=wanted.actor or None,
        about=str(wanted.patient_id) if wanted.patient_id else None,
        kind_wanted=wanted.kind or None,
        shown=shown,
    )


def _file(content: str, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
