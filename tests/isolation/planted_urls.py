"""A URLconf of one page that tells members of a clinic about another's patient."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.urls import path

from tests.isolation.twins import CANARIES


def leaking(request: HttpRequest, clinic: str, patient_id: uuid.UUID) -> HttpResponse:
    return HttpResponse(headers={"X-Seen": " ".join(CANARIES.values())})


urlpatterns = [path("c/<slug:clinic>/planted/<uuid:patient_id>/", leaking, name="planted")]
