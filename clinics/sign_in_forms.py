"""allauth's forms for a code, made to take each code once."""

import uuid

from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError

from clinics import on_call, second_factor, sign_in


class _OnceMixin:
    authenticator: Authenticator

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        is_app = self.authenticator.type == Authenticator.Type.TOTP
        if is_app and not second_factor.spend(self.authenticator, code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class SecondFactorForm(_OnceMixin, AuthenticateForm):  # type: ignore[misc]
    """The second step of a sign-in: a code of an app, a recovery code, or a colleague's word."""

    let_in_by: uuid.UUID | None = None

    def clean_code(self) -> str:
        try:
            return super().clean_code()
        except ValidationError as refusal:
            code: str = self.cleaned_data["code"]
            if refusal.code == "incorrect_code":
                self.let_in_by = on_call.spend_unlock(self.user, code)
            if self.let_in_by is None:
                raise
            return code

    def save(self) -> None:
        if self.let_in_by is not None:
            record_authentication(
                context.request,
                self.user,
                method="mfa",
                type=sign_in.ON_CALL_UNLOCK,
                clinic=str(self.let_in_by),
            )
        else:
            super().save()


class SecondFactorAgainForm(_OnceMixin, ReauthenticateForm):  # type: ignore[misc]
    """Confirming that it is still the same person."""
