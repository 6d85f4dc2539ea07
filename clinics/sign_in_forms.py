"""allauth's forms for a code, made to take each code once."""

from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError

from clinics import on_call, second_factor


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

    is_unlocked = False

    def clean_code(self) -> str:
        try:
            return super().clean_code()
        except ValidationError as refusal:
            code: str = self.cleaned_data["code"]
            self.is_unlocked = refusal.code == "incorrect_code" and on_call.spend_unlock(self.user, code)
            if not self.is_unlocked:
                raise
            return code

    def save(self) -> None:
        if self.is_unlocked:
            record_authentication(context.request, self.user, method="mfa", type="on_call_unlock")
        else:
            super().save()


class SecondFactorAgainForm(_OnceMixin, ReauthenticateForm):  # type: ignore[misc]
    """Confirming that it is still the same person."""
