import uuid
from collections.abc import Callable

from django.http import Http404, HttpResponse
from django.urls import reverse

from clinics import sign_in, turned_away
from patients import services
from patients.models import Patient
from patients.requests import PatientRequest


class PatientMiddleware:
    """Finds the record of the person who is signed in, inside the clinic TenancyMiddleware entered.

    Who is neither member nor patient here meets a page that does not exist.
    """

    def __init__(self, get_response: Callable[[PatientRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: PatientRequest) -> HttpResponse:
        request.patient = None
        if request.clinic is not None and request.user.is_authenticated:
            request.patient = self._own_record(request, request.user.pk)
        if request.patient is not None and hasattr(request.patient, "pin"):
            return self._behind_pin(request)
        response = self.get_response(request)
        self._forget_draft(request, response)
        return response

    def _forget_draft(self, request: PatientRequest, response: HttpResponse) -> None:
        """A form was taken, which leads on: what was kept of it while it was written goes."""
        is_taken = request.method == "POST" and 300 <= response.status_code < 400
        if not is_taken or turned_away.reason_of(response):
            return
        for writer in (request.membership, request.patient):
            if writer is not None:
                services.forget_sent(place=request.path, by=writer)

    def _own_record(self, request: PatientRequest, user_id: uuid.UUID) -> Patient | None:
        """A colleague's word opens the clinic to one who works in it, and nobody's portal."""
        if sign_in.rests_on_a_colleague(request.session, user_id):
            return None
        mine = Patient.objects.filter(clinic=request.clinic, user_id=user_id)
        return mine.exclude(state__in=Patient.SHUT_STATES).select_related("pin").first()

    def _behind_pin(self, request: PatientRequest) -> HttpResponse:
        """Two minutes without anybody, and the portal shows nothing but the page that asks for the PIN."""
        sign_in.shorten(request.session)
        unlock = reverse("patients:unlock", args=[request.clinic.slug])
        if request.path != unlock:
            if sign_in.is_locked(request.session):
                return turned_away.to_page(request, unlock, sign_in.Hindrance.LOCKED)
            if turned_away.is_asked_by_a_person(request):
                sign_in.note_presence(request.session)
        response = self.get_response(request)
        self._forget_draft(request, response)
        return response

    def process_view(
        self, request: PatientRequest, view: object, args: object, kwargs: dict[str, str]
    ) -> None:
        is_for_newcomers = not getattr(view, "login_required", True)
        if "clinic" not in kwargs or is_for_newcomers:
            return
        if request.clinic is None or (request.membership is None and request.patient is None):
            raise Http404
