"""Pages about photos: of the patient who sent them, and of those who follow the patient."""

from inference.views.check_ins import check_in, contest, reading_status
from inference.views.explanations import explanation, explanation_picture

__all__ = ["check_in", "contest", "explanation", "explanation_picture", "reading_status"]
