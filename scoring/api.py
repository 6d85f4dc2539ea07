"""The API of a patient's wish for a call: the same service as the button."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from clinics.permissions import IsPatientOfThisClinic
from clinics.viewsets import ClinicViewSet
from patients import access
from scoring import queries, services
from scoring.models import Alert
from scoring.queries import OwnCall


class CallSerializer(serializers.Serializer[OwnCall]):
    """How the wish stands. `waits`: nobody has confirmed that they have it. Times are null where the clinic
    has not declared its hours, or where none is promised any more."""

    wish = serializers.ChoiceField(choices=[one.value for one in queries.Wish])
    asked_at = serializers.DateTimeField(allow_null=True)
    is_watched_now = serializers.BooleanField(source="looking.is_open")
    looked_at_by = serializers.DateTimeField(source="looking.by", allow_null=True)
    opens_at = serializers.DateTimeField(source="looking.opens_at", allow_null=True)


class CallViewSet(ClinicViewSet):
    """A patient's own wish for a call."""

    permission_classes = [IsPatientOfThisClinic]
    serializer_class = CallSerializer
    queryset = Alert.objects.none()  # the gate finds rows; this names the model for the schema

    @extend_schema(responses=CallSerializer)
    def retrieve(self, request: Request, clinic: str) -> Response:
        return self._answer(request)

    @extend_schema(
        request=None,
        responses={
            200: OpenApiResponse(CallSerializer, "Asked for. A second time raises no second alert."),
            400: OpenApiResponse(description="`closed`: nobody follows this record."),
        },
    )
    def create(self, request: Request, clinic: str) -> Response:
        services.ask_for_call(patient=access.get_own_record(request._request))
        return self._answer(request)

    def _answer(self, request: Request) -> Response:
        patient: Any = access.get_own_record(request._request)
        call = queries.own_call(patient, clinic=request._request.clinic)  # type: ignore[attr-defined]
        return Response(CallSerializer(call).data)
