"""What every form of a page shares."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise

from clinics.errors import DomainError


class ServiceForm(forms.Form):
    """A form in front of one service: it checks shape, and shows the service's refusals beside the field."""

    sentences: dict[str, str | Promise] = {}

    def refuse(self, refusal: DomainError) -> None:
        """Adds the refusal to its field, or above the form where the field is hidden or unknown."""
        bound = self.fields.get(refusal.field or "")
        is_visible = bound is not None and not bound.widget.is_hidden
        message = self.sentences.get(refusal.code, refusal.message)
        self.add_error(
            refusal.field if is_visible else None, ValidationError(str(message), code=refusal.code)
        )
