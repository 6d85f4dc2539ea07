"""What patients are told and what they say: whom to call, and that their words reach somebody."""

from tests.mutations.defects.defect import Defect

CRISIS = "tests/clinics/test_crisis.py"

DEFECTS = (
    Defect(
        "words",
        "a crisis number is never looked up again",
        "clinics/crisis/directory.py",
        "        return today > self.recheck_on",
        "        return False",
        (CRISIS,),
    ),
    Defect(
        "words",
        "a lock stands before the crisis page",
        "clinics/urls.py",
        'path("crisis/<slug:clinic>/"',
        'path("c/<slug:clinic>/crisis/"',
        (CRISIS,),
    ),
    Defect(
        "words",
        "what a clinic wrote as contacts is markup",
        "clinics/templatetags/telephones.py",
        "str(conditional_escape(text))",
        "str(text)",
        (CRISIS,),
    ),
)
