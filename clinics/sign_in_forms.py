"""allauth's forms for a code or a security key, made to take each answer once."""

import uuid

from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa import signals
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm, ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.internal.auth import parse_authentication_response
from django.core.exceptions import ValidationError

from clinics import on_call, second_factor, sign_in
from clinics.models import User


class _OnceMixin:
    authenticator: Authenticator

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        is_app = self.authenticator.type == Authenticator.Type.TOTP
        if is_app and not second_factor.spend(self.authenticator, code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class _CountedMixin:
    reauthenticated: bool
    user: User

    def clean_credential(self) -> Authenticator:
        answer = self.cleaned_data["credential"]  # type: ignore[attr-defined]
        try:
            authenticator: Authenticator = super().clean_credential()  # type: ignore[misc]
            count = parse_authentication_response(answer).response.authenticator_data.counter
            if not second_factor.spend_signature(authenticator, count):
                raise get_adapter().validation_error("incorrect_code")
        except ValidationError:
            self._tell()
            raise
        return authenticator

    def _tell(self) -> None:
        """allauth itself tells of a wrong code alone."""
        signals.authentication_failed.send(
            sender=Authenticator,
            request=context.request,
            user=self.user,
            authenticator=None,
            reauthentication=self.reauthenticated,
        )


class SecurityKeyForm(_CountedMixin, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """The second step of a sign-in by a security key."""


class SecurityKeyAgainForm(_CountedMixin, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """Confirming by a security key that it is still the same person."""


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
