"""The request's transaction and its clinic."""

import re
from collections.abc import Callable

from django.conf import settings
from django.contrib import auth
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from clinics import (
    access_log,
    denials,
    log_spool,
    origins,
    second_factor,
    sign_in,
    tenancy,
    turned_away,
)
from clinics.models import Clinic, Membership, User
from clinics.requests import ClinicRequest

OF_A_CLINIC = re.compile(r"^/(?:api/)?c/(?P<slug>[a-z][a-z0-9-]*)/")
REFUSED = {401, 403, 404}
TOO_MANY = 429
OPEN_WHEN_LOCKED = (
    "/accounts/login/",
    "/accounts/logout/",
    "/accounts/reauthenticate/",
    "/accounts/2fa/reauthenticate/",
    "/accounts/2fa/webauthn/reauthenticate/",
)


class OriginMiddleware:
    """Gives each request an id, which the access log keeps and the response names."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with origins.coming_from(origins.origin_of(request)) as origin:
            response = self.get_response(request)
        response["X-Request-ID"] = origin.request_id
        return response


def opening_without_log(response: HttpResponse) -> HttpResponse:
    """Marks what must open in an emergency though the log cannot be written: its entries are spooled then."""
    response.opens_without_log = True  # type: ignore[attr-defined]  # a mark between a view and its middleware
    return response


class SessionEndMiddleware:
    """Signs out whoever signed in twelve hours ago; keeps sessions that are locked, or have not shown the
    account's second factor, off the account's own pages. Logs whoever tries too often."""

    def __init__(self, get_response: Callable[[ClinicRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: ClinicRequest) -> HttpResponse:
        if request.user.is_authenticated and sign_in.is_over(request.session):
            auth.logout(request)
        elif hindrance := self._hindrance(request):
            response = turned_away.answer(request, hindrance)
            self._log(request, response, hindrance)
            return response
        response = self.get_response(request)
        if response.status_code == TOO_MANY or getattr(request, "has_tried_too_often", False):
            self._log(request, response, "too_many_attempts")
        return response

    def _log(self, request: ClinicRequest, response: HttpResponse, reason: str) -> None:
        """An account belongs to no clinic."""
        asked = denials.asked_for(request, response.status_code)
        denials.log_on_platform(asked, by=access_log.Stranger(request.user.pk), reason=reason)

    def _hindrance(self, request: ClinicRequest) -> sign_in.Hindrance | None:
        """Whose clinic's or portal's pages are shut must not change the address or the factors either."""
        if not request.path.startswith("/accounts/") or request.path.startswith(OPEN_WHEN_LOCKED):
            return None
        if not isinstance(request.user, User):
            return None
        if sign_in.can_lock(request.session) and sign_in.is_locked(request.session):
            return sign_in.Hindrance.LOCKED
        has_shown = sign_in.has_shown_factor(request.session, request.user.pk)
        if not has_shown and second_factor.is_enrolled(request.user):
            return sign_in.Hindrance.SECOND_FACTOR
        return None


class TenancyMiddleware:
    """Opens the transaction of a request below `/c/<clinic>/`, enters the clinic and finds the membership.
    Pages show times on the clinic's clock.

    What a request did is rolled back when its view raised or refused; the refusal is logged in a
    transaction of its own.
    """

    def __init__(self, get_response: Callable[[ClinicRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: ClinicRequest) -> HttpResponse:
        request.has_failed = False
        request.membership = request.turned_away = None
        match = OF_A_CLINIC.match(request.path)
        clinic = Clinic.objects.filter(slug=match["slug"]).first() if match else None
        request.clinic = clinic  # type: ignore[assignment]  # views below /c/ meet one or a 404
        if clinic is None or not request.user.is_authenticated:
            response = self.get_response(request)  # a 404, or the way to the sign-in page
            if match is not None:
                self._log_stranger(request, response)
            return response
        response = self._inside(request, clinic)
        add_never_cache_headers(response)  # no page about a patient stays in a shared computer's cache
        self._log_refusal(request, response)
        return response

    def _inside(self, request: ClinicRequest, clinic: Clinic) -> HttpResponse:
        response = None
        assert request.user.is_authenticated  # asked by the caller
        try:
            with tenancy.enter(clinic.id), timezone.override(clinic.zone):
                response = self._let_in(request, clinic)
                if request.has_failed or response.status_code in REFUSED or response.status_code >= 500:
                    transaction.set_rollback(True)
        except access_log.NotWrittenError as error:
            if (
                response is None
                or error.clinic_id is None
                or not getattr(response, "opens_without_log", False)
            ):
                raise
            log_spool.spool(error.clinic_id, error.acts)
        return response

    def _let_in(self, request: ClinicRequest, clinic: Clinic) -> HttpResponse:
        """A member whose session shows no second factor, or is locked, sees nothing of the clinic."""
        user_id = request.user.pk
        assert user_id is not None  # whoever is not signed in went on before
        member = Membership.objects.filter(clinic=clinic, user_id=user_id, is_active=True).first()
        if member is not None:
            is_enrolled = bool(second_factor.enrolled_among([member.user_id]))
            hindrance = sign_in.hindrance(request.session, user_id, clinic.pk, is_enrolled=is_enrolled)
            if hindrance is not None:
                request.turned_away = member
                return turned_away.answer(request, hindrance)
            if turned_away.is_asked_by_a_person(request):
                sign_in.note_presence(request.session)
        elif sign_in.rests_on_a_colleague(request.session, user_id):
            return turned_away.answer(request, sign_in.Hindrance.SECOND_FACTOR)
        request.membership = member
        return self.get_response(request)

    def process_exception(self, request: ClinicRequest, exception: Exception) -> None:
        """Django makes a response of an exception before the `with` above could see it."""
        request.has_failed = True

    def _log_refusal(self, request: ClinicRequest, response: HttpResponse) -> None:
        """A status that says no, or a way to a page that first asks for something."""
        reason = turned_away.reason_of(response)
        if response.status_code not in REFUSED and not reason:
            return
        known = request.membership or request.turned_away or getattr(request, "patient", None)
        by = known or access_log.Stranger(request.user.pk)
        asked = denials.asked_for(request, response.status_code)
        denials.log_in_clinic(request.clinic.pk, asked, by=by, reason=reason)

    def _log_stranger(self, request: ClinicRequest, response: HttpResponse) -> None:
        """Of a clinic that there is not, or of somebody who is not signed in."""
        is_sent_to_sign_in = response.get("Location", "").startswith(resolve_url(settings.LOGIN_URL))
        if response.status_code not in REFUSED and not is_sent_to_sign_in:
            return
        denials.log_on_platform(
            denials.asked_for(request, response.status_code),
            by=access_log.Stranger(request.user.pk),
            reason="unknown_clinic" if request.clinic is None else "not_signed_in",
            clinic=request.clinic.slug if request.clinic else "",
        )
