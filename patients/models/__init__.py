from patients.models.break_glass import BreakGlass, PrivacyDeputy
from patients.models.check_ins import Capture, CheckIn, PhotoOutcome
from patients.models.consents import Consent, Purpose
from patients.models.emergencies import EmergencyContact, OwnPlanPart, SafetyPlan
from patients.models.erasures import Erasure, LegalHold
from patients.models.fairness import RATHER_NOT, AgeBand, FairnessAnswers, Sex, SkinTone
from patients.models.guardians import Guardian
from patients.models.intakes import Intake
from patients.models.messages import PatientAddress, PatientChoices, Reminder, TrustedPerson
from patients.models.notes import LeftNote, NoteDraft
from patients.models.notices import Notice, NoticeShown
from patients.models.on_call import OnCallGrant
from patients.models.patients import Invitation, Patient
from patients.models.pins import PortalPin
from patients.models.programmes import Enrolment, Programme
from patients.models.questionnaires import QuestionnaireAnswer, QuestionnairePlan, QuestionnaireRound
from patients.models.rights import Correction, RightsRequest
from patients.models.search import SearchToken

__all__ = [
    "RATHER_NOT",
    "AgeBand",
    "BreakGlass",
    "Capture",
    "CheckIn",
    "Consent",
    "Correction",
    "EmergencyContact",
    "Enrolment",
    "Erasure",
    "FairnessAnswers",
    "Guardian",
    "Intake",
    "Invitation",
    "LeftNote",
    "LegalHold",
    "NoteDraft",
    "Notice",
    "NoticeShown",
    "OnCallGrant",
    "OwnPlanPart",
    "Patient",
    "PatientAddress",
    "PatientChoices",
    "PhotoOutcome",
    "PortalPin",
    "PrivacyDeputy",
    "Programme",
    "Purpose",
    "QuestionnaireAnswer",
    "QuestionnairePlan",
    "QuestionnaireRound",
    "Reminder",
    "RightsRequest",
    "SafetyPlan",
    "SearchToken",
    "Sex",
    "SkinTone",
    "TrustedPerson",
]
