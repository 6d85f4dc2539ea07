"""allauth's forms for a code, made to take each code once."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator

from clinics import second_factor


class _OnceMixin:
    authenticator: Authenticator

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        is_app = self.authenticator.type == Authenticator.Type.TOTP
        if is_app and not second_factor.spend(self.authenticator, code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class SecondFactorForm(_OnceMixin, AuthenticateForm):  # type: ignore[misc]
    """The second step of a sign-in."""


class SecondFactorAgainForm(_OnceMixin, ReauthenticateForm):  # type: ignore[misc]
    """Confirming that it is still the same person."""
