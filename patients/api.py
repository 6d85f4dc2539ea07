"""The API of check-ins: the same service as the page."""

import uuid
from datetime import datetime
from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from clinics.permissions import IsPatientOfThisClinic
from clinics.viewsets import ClinicViewSet
from patients import access, services
from patients.models import CheckIn, PhotoOutcome


class MomentField(serializers.DateTimeField):
    """Leaves a time without its offset as it is: the service refuses it, where DRF would guess one."""

    def enforce_timezone(self, value: datetime) -> datetime:
        return value


class AcceptedSerializer(serializers.Serializer[Any]):
    """What may be sent. A photo needs multipart; JSON carries answers alone."""

    image = serializers.FileField(required=False, allow_empty_file=True, write_only=True)
    mood = serializers.IntegerField(required=False, allow_null=True, help_text="0 to 10")
    hours_slept = serializers.FloatField(required=False, allow_null=True, help_text="0 to 24")
    note = serializers.CharField(required=False, allow_blank=True, allow_null=True)
    captured_at = MomentField(help_text="With its offset from UTC.")
    programme_id = serializers.UUIDField(
        required=False, allow_null=True, help_text="The employer's programme it comes through: no photo then."
    )
    zone = serializers.CharField(help_text="The patient's IANA time zone at that moment.")


class CheckInSerializer(serializers.ModelSerializer[CheckIn]):
    """A kept check-in. `photo` says what became of the photo at the door."""

    photo = serializers.ChoiceField(choices=PhotoOutcome.choices, read_only=True)
    capture_state = serializers.CharField(
        source="capture.state", default=None, read_only=True, allow_null=True
    )

    class Meta:
        model = CheckIn
        fields = [
            "id",
            "captured_at",
            "zone",
            "submitted_at",
            "mood",
            "hours_slept",
            "note",
            "photo",
            "capture_state",
        ]
        read_only_fields = fields


class CheckInViewSet(ClinicViewSet):
    """A patient's own check-ins."""

    permission_classes = [IsPatientOfThisClinic]
    parser_classes = [MultiPartParser, FormParser, JSONParser]
    serializer_class = CheckInSerializer
    queryset = CheckIn.objects.none()  # the gate finds rows; this names the model for the schema

    @extend_schema(
        request={"multipart/form-data": AcceptedSerializer, "application/json": AcceptedSerializer},
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)],
        responses={
            201: CheckInSerializer,
            200: OpenApiResponse(CheckInSerializer, "The check-in this key made before."),
            400: OpenApiResponse(description="Refused with a code; nothing is stored."),
            409: OpenApiResponse(description="The key was used for another body."),
        },
    )
    def create(self, request: Request, clinic: str) -> Response:
        patient = access.get_own_record(request._request)
        sent = AcceptedSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        image = sent.validated_data.pop("image", None)
        submitted = services.submit_check_in(
            patient=patient,
            by=patient,
            idempotency_key=request.headers.get("Idempotency-Key", ""),
            image=image.read() if image is not None else None,
            **sent.validated_data,
        )
        body = CheckInSerializer(submitted.check_in).data
        return Response(body, status=201 if submitted.is_new else 200)

    @extend_schema(responses=CheckInSerializer)
    def retrieve(self, request: Request, clinic: str, check_in_id: uuid.UUID) -> Response:
        patient = access.get_own_record(request._request)
        return Response(CheckInSerializer(access.get_own_check_in(patient, check_in_id)).data)
