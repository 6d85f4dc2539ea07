"""The shape of what patients and those who invite them fill in."""

from patients.forms.check_ins import CheckInForm, CorrectCheckInForm
from patients.forms.consents import ConsentForm, OwnProgrammeForm, PolicyForm, ProgrammeForm, StaffNamesForm
from patients.forms.records import AdmitForm, ContactForm, PinForm, RecordForm, SearchForm
from patients.forms.rights import (
    AskForm,
    CloseRequestForm,
    ErasureForm,
    ErasureTimesForm,
    ReceivedRequestForm,
    RestrictionForm,
    RetentionForm,
)
from patients.forms.standing import (
    ConfirmForm,
    DeciderForm,
    GuardianChoiceForm,
    GuardianDecisionForm,
    GuardianForm,
    LegalStatusForm,
    MergeForm,
    TransferForm,
)

__all__ = [
    "AdmitForm",
    "AskForm",
    "CheckInForm",
    "CloseRequestForm",
    "ConfirmForm",
    "ConsentForm",
    "ContactForm",
    "CorrectCheckInForm",
    "DeciderForm",
    "ErasureForm",
    "ErasureTimesForm",
    "GuardianChoiceForm",
    "GuardianDecisionForm",
    "GuardianForm",
    "LegalStatusForm",
    "MergeForm",
    "OwnProgrammeForm",
    "PinForm",
    "PolicyForm",
    "ProgrammeForm",
    "ReceivedRequestForm",
    "RecordForm",
    "RestrictionForm",
    "RetentionForm",
    "SearchForm",
    "StaffNamesForm",
    "TransferForm",
]
