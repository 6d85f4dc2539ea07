"""The key that wraps all others is replaced: rolled out as second, then as first."""

import io

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from pytest_django import Settings

from clinics import keys, rewrapping, services, tenancy
from clinics.access_log import System
from clinics.models import AccessLogEntry, DataKey
from patients.models import Patient
from tests.clinics.factories import make_clinic, make_user
from tests.patients.factories import make_patient

BY = System("test")


def rewrap() -> str:
    said = io.StringIO()
    call_command("rotate_keys", "wrapping", "--yes", stdout=said)
    return said.getvalue()


@pytest.mark.django_db
def test_the_wrapping_key_is_replaced(settings: Settings) -> None:
    """Rolled out as second, then as first; then the old one goes."""
    clinic = make_clinic("north")
    patient = make_patient(clinic, "Pat Petersen")
    old, new = settings.FIELD_ENCRYPTION_KEY[0], Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEY = [old, new]
    services.verify_wrapping_key()
    settings.FIELD_ENCRYPTION_KEY = [new, old]
    assert rewrapping.check_all().done == 3, "the clinic's two keys and the key check"
    said = rewrap()
    assert "wrapped anew 3" in said
    settings.FIELD_ENCRYPTION_KEY = [new]
    keys.forget()
    services.verify_wrapping_key()
    with tenancy.enter(clinic.pk):
        assert Patient.objects.get(pk=patient.pk).name == "Pat Petersen"
        assert AccessLogEntry.objects.filter(action="keys.rewrapped").count() == 1
    assert "already 3" in rewrap()


@pytest.mark.django_db
def test_second_factor_secrets_are_wrapped_anew_too(settings: Settings) -> None:
    from allauth.mfa.adapter import get_adapter
    from allauth.mfa.models import Authenticator

    make_clinic("north")
    user = make_user("alice@north.example")
    secret = get_adapter().encrypt("JBSWY3DP")
    row = Authenticator.objects.create(user=user, type="totp", data={"secret": secret, "codes": [secret]})
    new = Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEY = [new, *settings.FIELD_ENCRYPTION_KEY]
    said = rewrap().splitlines()
    assert said[-4].startswith("mfa.authenticator")
    assert said[-3].startswith("clinics.keycheck"), "the row that lets a start pass is wrapped last"
    settings.FIELD_ENCRYPTION_KEY = [new]
    row.refresh_from_db()
    assert (
        get_adapter().decrypt(row.data["secret"]) == get_adapter().decrypt(row.data["codes"][0]) == "JBSWY3DP"
    )


@pytest.mark.django_db
def test_a_rotation_of_the_wrapping_key_that_was_killed_does_not_start_without_the_old_key(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key check is wrapped last: whoever takes the old key off too early is stopped."""
    make_clinic("north")
    new = Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEY = [new, *settings.FIELD_ENCRYPTION_KEY]

    def killed(line: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rewrapping.rewrap_all(by=BY, batch=1, say=killed)
    settings.FIELD_ENCRYPTION_KEY = [new]
    with pytest.raises(keys.WrongWrappingKey):
        services.verify_wrapping_key()


@pytest.mark.django_db
def test_a_token_of_no_known_key_is_named(settings: Settings) -> None:
    clinic = make_clinic("north")
    stranger = Fernet(Fernet.generate_key()).encrypt(b"x" * 32)
    with tenancy.enter(clinic.pk):
        DataKey.objects.filter(scope="index").update(wrapped=stranger)
        pk = DataKey.objects.values_list("pk", flat=True).get(scope="index")
    with pytest.raises(CommandError, match=f"clinics.datakey.wrapped of {pk}"):
        rewrap()
