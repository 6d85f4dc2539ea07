"""What every form of a page shares, and the forms of joining and of members."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinics.errors import DomainError
from clinics.models import Role, User


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


class JoinForm(ServiceForm):
    """The account of somebody who was invited."""

    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("You will sign in with this address."),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=password_validation.password_validators_help_text_html(),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "password" in data:
            try:
                password_validation.validate_password(data["password"], User(email=data.get("email", "")))
            except ValidationError as weak:
                self.add_error("password", weak)
        return data


class RoleForm(ServiceForm):
    """What somebody may do here."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)


class InviteMemberForm(RoleForm):
    """A colleague who is to become a member."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(
        label=_("E-mail"), help_text=_("They join with this address and no other, and confirm it by mail.")
    )
    field_order = ("name", "email", "role")
