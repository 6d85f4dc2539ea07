"""One row in every table that belongs to a patient, by the services that people's own pages call."""

from tests.furnishing.of_clinic import a_week_in_shadow, furnish_clinic, furnish_watch
from tests.furnishing.of_patient import furnish_patient
from tests.furnishing.staff import Staff

__all__ = ["Staff", "a_week_in_shadow", "furnish_clinic", "furnish_patient", "furnish_watch"]
