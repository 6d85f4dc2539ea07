"""What the tests of the pages share: patients with an alert, and pages as people read them."""

import html
import re
from typing import Any

from clinics import tenancy
from patients.models import Patient
from scoring.models import Alert
from tests.scoring.factories import add_days_of, store_reading

UNSEEN = re.compile(r"<(script|style)\b.*?</\1>", re.DOTALL)
SPOKEN = re.compile(r'\b(?:aria-label|alt|title|placeholder|content|data-(?:text|label)[a-z-]*)="([^"]*)"')
TAG = re.compile(r"<[^>]+>")


def raise_alert(patient: Patient, emotion: str = "sad") -> Alert:
    """Seven days of one emotion, the last of them judged: an alert of a line."""
    add_days_of(patient, emotion, 6)
    store_reading(patient, emotion)
    with tenancy.enter(patient.clinic_id):
        return Alert.objects.get(patient=patient)


def words_of(response: Any) -> str:
    """All that a page says: its text, and what its attributes say to people and to scripts that speak."""
    page = UNSEEN.sub(" ", response.text)
    said = " ".join([TAG.sub(" ", page), *SPOKEN.findall(page)])
    return " ".join(html.unescape(said).split())
