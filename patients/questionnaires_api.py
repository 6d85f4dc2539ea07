"""The API of questionnaires: the same services as the pages."""

import uuid
from datetime import UTC, datetime
from typing import Any

from django.urls import reverse
from django.utils.dateparse import parse_datetime
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response

from clinics.permissions import IsPatientOfThisClinic
from clinics.viewsets import ClinicViewSet
from patients import access, results, services
from patients.models import QuestionnaireAnswer, QuestionnaireRound
from patients.questionnaire_sheet import as_value, questions, text_of
from patients.questionnaires import published
from patients.services import GivenAnswer

Door = QuestionnaireAnswer.Door
MOST_ANSWERS = 200
UNREADABLE = datetime(1, 1, 1, tzinfo=UTC)


class RoundSerializer(serializers.ModelSerializer[QuestionnaireRound]):
    """One time a form is asked, with its words and what was answered so far."""

    text = serializers.SerializerMethodField()

    class Meta:
        model = QuestionnaireRound
        fields = ["id", "questionnaire", "language", "due_on", "late_at", "closes_at", "state", "text"]
        read_only_fields = fields

    def get_text(self, round_: QuestionnaireRound) -> dict[str, Any]:
        text = text_of(round_)
        answers = results.answers_of([round_]).get(round_.pk, [])
        return {
            "title": text.title,
            "question": text.question,
            "credit": text.credit,
            "items": [
                {
                    "item": one.item.number,
                    "text": one.item.text,
                    "answers": list(one.item.answers),
                    "value": next((choice.value for choice in one.choices if choice.is_chosen), None),
                }
                for one in questions(round_, answers)
            ],
        }


class AnswersSerializer(serializers.Serializer[Any]):
    """What may be sent. Each answer: `item`, `value` (a number, or null: left open), and if the device knows
    them `answered_at` (with its offset from UTC) and `key` (random, against sending twice). Each is judged
    alone."""

    answers = serializers.ListField(child=serializers.JSONField(allow_null=True), max_length=MOST_ANSWERS)
    was_offline = serializers.BooleanField(
        required=False, help_text="They waited on the device because there was no connection."
    )


class QuestionnaireViewSet(ClinicViewSet):
    """A patient's own questionnaires."""

    permission_classes = [IsPatientOfThisClinic]
    parser_classes = [JSONParser]
    serializer_class = RoundSerializer
    queryset = QuestionnaireRound.objects.none()  # the gate finds rows; this names the model for the schema
    pagination_class = None

    @extend_schema(responses=RoundSerializer(many=True))
    def list(self, request: Request, clinic: str) -> Response:
        """The forms to be filled in now."""
        patient = access.get_own_record(request._request)
        if patient.is_followed:
            services.open_due_rounds(patient=patient)
        rounds = [one for one in results.own_rounds(patient) if one.is_open]
        return Response(RoundSerializer(rounds, many=True).data)

    @extend_schema(
        request=AnswersSerializer,
        responses={
            200: OpenApiResponse(description="All are saved: `saved`, `refused` (empty), `read_next`."),
            400: OpenApiResponse(description="Those under `refused` are not; those under `saved` are."),
        },
    )
    def answers(self, request: Request, clinic: str, round_id: uuid.UUID) -> Response:
        """Keeps what is an answer, also late, and names what is none. `read_next`: the page to show."""
        patient = access.get_own_record(request._request)
        round_ = access.get_own_round(patient, round_id)
        sent = AnswersSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        saved = services.save_answers(
            patient=patient,
            round_id=round_.pk,
            given=[_given(one) for one in sent.validated_data["answers"]],
            door=Door.OFFLINE if sent.validated_data.get("was_offline") else Door.API,
            by=patient,
        )
        body = {
            "saved": [
                {
                    "item": one.answer.item,
                    "key": one.answer.idempotency_key,
                    "is_new": one.is_new,
                    "is_late": one.answer.is_late,
                }
                for one in saved.kept
            ],
            "refused": [
                {"item": one.item, "key": one.key, "code": one.code, "message": one.message}
                for one in saved.refused
            ],
            "read_next": _read_next(clinic, round_, saved),
        }
        return Response(body, status=400 if saved.refused else 200)

    @extend_schema(request=None, responses={200: OpenApiResponse(description="`state` of the round.")})
    def finish(self, request: Request, clinic: str, round_id: uuid.UUID) -> Response:
        """Sends the form as it stands. Twice is once."""
        patient = access.get_own_record(request._request)
        round_ = access.get_own_round(patient, round_id)
        ended = services.finish_questionnaire(patient=patient, round_id=round_.pk, by=patient)
        return Response({"id": str(ended.pk), "state": ended.state})


def _given(sent: object) -> GivenAnswer:
    """One answer as far as it can be read; what cannot be is refused by the service, alone."""
    if not isinstance(sent, dict):
        return GivenAnswer(item="", value="")
    key = sent.get("key")
    return GivenAnswer(
        item=str(sent.get("item", "")),
        value=as_value(sent.get("value", "")),
        answered_at=_moment(sent.get("answered_at")),
        key=key if isinstance(key, str) else "",
    )


def _moment(sent: object) -> datetime | None:
    """None: not said. What cannot be read becomes a time that the service doubts."""
    if sent is None:
        return None
    try:
        return parse_datetime(str(sent)) or UNREADABLE
    except ValueError:
        return UNREADABLE


def _read_next(clinic: str, round_: QuestionnaireRound, saved: services.SavedAnswers) -> str | None:
    if not saved.has_new(published.get(round_.questionnaire).item_nine):
        return None
    return reverse("patients:after_item_nine", args=[clinic, round_.pk])
