import io
import sys

import pytest
from django.core.management import CommandError, call_command

from clinics import tenancy
from clinics.models import AccessLogEntry, Clinic, DataKey, Membership, Role, User
from tests.clinics.factories import PASSWORD, make_clinic

ARGUMENTS = ("--name", "West Wing", "--admin-email", "chief@west.example", "--admin-name", "Chris Chief")


def create(slug: str, *more: str, monkeypatch: pytest.MonkeyPatch, password: str = PASSWORD) -> str:
    monkeypatch.setattr(sys, "stdin", io.StringIO(password + "\n"))
    said = io.StringIO()
    call_command("create_clinic", slug, *ARGUMENTS, "--password-stdin", *more, stdout=said)
    return said.getvalue()


@pytest.mark.django_db
def test_a_clinic_has_its_keys_its_settings_and_its_first_administrator(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = create("west", "--time-zone", "Europe/Berlin", monkeypatch=monkeypatch)
    assert "/c/west/" in said
    clinic = Clinic.objects.get(slug="west")
    with tenancy.enter(clinic.pk):
        membership = Membership.objects.get()
        assert (membership.role, membership.name) == (Role.ADMINISTRATOR, "Chris Chief")
        assert set(DataKey.objects.values_list("scope", flat=True)) == {"clinic", "index"}
        assert AccessLogEntry.objects.filter(action="clinic.created").exists()
    assert User.objects.get(email="chief@west.example").check_password(PASSWORD)


@pytest.mark.django_db
def test_an_administrator_with_an_account_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    create("west", monkeypatch=monkeypatch)
    create("east", monkeypatch=monkeypatch, password="ignored")
    assert User.objects.filter(email="chief@west.example").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("slug", "zone", "said"),
    [
        ("north", "UTC", "There is a clinic north already"),
        ("Not a slug", "UTC", "Enter a valid value"),
        ("west", "Mars/Base", "not a time zone"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch, slug: str, zone: str, said: str
) -> None:
    make_clinic("north")
    with pytest.raises(CommandError, match=said):
        create(slug, "--time-zone", zone, monkeypatch=monkeypatch)
    assert Clinic.objects.count() == 1


@pytest.mark.django_db
def test_a_password_of_the_new_clinic_s_own_words_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="others can guess"):
        create("westerland", monkeypatch=monkeypatch, password="Westerland-2026!x")
    assert not Clinic.objects.exists()


def test_a_weak_password_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="too short"):
        create("west", monkeypatch=monkeypatch, password="short")
    assert not User.objects.exists()
