"""To whom everything goes at the end of a shift."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinics.forms import ServiceForm
from clinics.models import Clinic, Membership


class ColleagueField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Membership) -> str:
        return str(obj.name)


class OfferAllForm(ServiceForm):
    to = ColleagueField(label=_("Offer all of them to"), queryset=Membership.objects.none())

    def __init__(self, *args: Any, clinic: Clinic, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, ColleagueField)
        others = Membership.objects.filter(clinic=clinic, is_active=True).exclude(pk=member.pk)
        field.queryset = others.filter(role="clinician").order_by("created_at")
