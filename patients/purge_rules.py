"""What of this app belongs to a patient, and the rotations of the patient's key."""

from clinics.models import KeyRotation, Message
from patients.erasure import PurgeRule
from patients.models import (
    BreakGlass,
    Capture,
    CheckIn,
    Consent,
    Correction,
    EmergencyContact,
    Enrolment,
    FairnessAnswers,
    Guardian,
    Invitation,
    LegalHold,
    NoticeShown,
    Patient,
    PortalPin,
    QuestionnaireAnswer,
    QuestionnaireRound,
    RightsRequest,
    SafetyPlan,
    SearchToken,
)

RULES = (
    PurgeRule(Capture, path="check_in__patient_id"),
    PurgeRule(Correction),
    PurgeRule(CheckIn),
    PurgeRule(QuestionnaireAnswer, is_record=True),
    PurgeRule(QuestionnaireRound, is_record=True),
    PurgeRule(Invitation),
    PurgeRule(PortalPin),
    PurgeRule(SearchToken),
    PurgeRule(KeyRotation, path="subject"),
    PurgeRule(Message),
    PurgeRule(Consent, is_record=True, is_append_only=True),
    PurgeRule(NoticeShown, is_record=True, is_append_only=True),
    PurgeRule(Enrolment),
    PurgeRule(FairnessAnswers),
    PurgeRule(Guardian, is_record=True),
    PurgeRule(EmergencyContact, is_record=True),
    PurgeRule(SafetyPlan, is_record=True),
    PurgeRule(LegalHold, is_record=True),
    PurgeRule(BreakGlass, is_record=True),
    PurgeRule(RightsRequest, is_record=True),
    PurgeRule(Patient, path="id", is_record=True),
)
