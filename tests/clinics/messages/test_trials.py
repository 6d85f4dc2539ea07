"""Test alerts go as urgent alerts go; one by phone counts only if its link came by phone."""

import pytest

from clinics import messages, tenancy
from clinics.cover import trials
from clinics.errors import DomainError
from clinics.models import Membership, Message, TrialAlert
from tests.clinics.messages.hooks import Hooks
from tests.clinics.messages.test_channels import give


def test_it_takes_every_way_there_is(clara: Membership, hooks: Hooks) -> None:
    give(clara, "sms", "+491701234567")
    with tenancy.enter(clara.clinic_id):
        trials.send(member=clara, channel=TrialAlert.Channel.SCREEN)
        assert sorted(row.channel for row in Message.objects.all()) == ["email", "sms"]


def test_by_phone_it_takes_the_phone_alone_and_counts_once_its_link_was_opened(
    clara: Membership, hooks: Hooks
) -> None:
    give(clara, "sms", "+491701234567")
    with tenancy.enter(clara.clinic_id):
        trial = trials.send(member=clara, channel=TrialAlert.Channel.PHONE)
        (row,) = Message.objects.all()
        assert (row.channel, row.facts["path"]) == ("sms", f"/c/north/test-alerts/{trial.pk}/")
    assert messages.send_due() == 1
    with tenancy.enter(clara.clinic_id):
        with pytest.raises(DomainError, match="not_by_phone"):
            trials.confirm(trial=trial, by=clara)
        messages.confirm_receipt(row)
        trials.confirm(trial=trial, by=clara)
        assert TrialAlert.objects.get().confirmed_at is not None


def test_a_phone_that_is_not_there_is_not_replaced_by_mail(clara: Membership, hooks: Hooks) -> None:
    with tenancy.enter(clara.clinic_id):
        with pytest.raises(DomainError, match="no_phone"):
            trials.send(member=clara, channel=TrialAlert.Channel.PHONE)
        assert not Message.objects.exists()
