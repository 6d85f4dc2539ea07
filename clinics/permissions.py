"""Closed by default, for the API."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from clinics.errors import DomainError

if TYPE_CHECKING:
    from rest_framework.views import APIView


class IsMemberOfThisClinic(BasePermission):
    """The default of every API view: DRF knows nothing of LoginRequiredMiddleware."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return getattr(request, "membership", None) is not None


class IsPatientOfThisClinic(BasePermission):
    def has_permission(self, request: Request, view: "APIView") -> bool:
        return getattr(request, "patient", None) is not None


STATUS_BY_CODE = {"idempotency_conflict": 409}


def domain_error_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """A refusal of a service or of a serializer, as a code and a sentence."""
    from rest_framework.views import exception_handler  # which imports this module for its defaults

    if isinstance(error, DomainError):
        body = {"code": error.code, "message": str(error.message), "field": error.field}
        return Response(body, status=STATUS_BY_CODE.get(error.code, 400))
    response = exception_handler(error, context)
    if response is not None and isinstance(error, ValidationError):
        message = _("Some fields cannot be read.")
        response.data = {"code": "invalid", "message": str(message), "fields": response.data}
    return response
