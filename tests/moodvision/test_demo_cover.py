"""The demonstration's clinics come with people who are there."""

import pytest
from django.utils import timezone

from clinics import cover, going_live, tenancy
from clinics.models import Clinic, Lane, Shift
from moodvision.demo import cast
from moodvision.demo import cover as demo_cover


@pytest.mark.django_db
def test_both_clinics_are_watched_led_and_ready_for_the_last_question() -> None:
    cast.make(with_history=False)
    for clinic in Clinic.objects.all():
        with tenancy.enter(clinic.pk):
            now = timezone.now()
            assert going_live.is_live(clinic)
            assert cover.missing_for_item_nine(clinic) == []
            assert cover.is_open(clinic, Lane.ITEM_9, now)
            rungs = [step.name for step in cover.chain(clinic, Lane.ITEM_9, now)]
            assert [*rungs[:1], *rungs[-3:]] == ["owner_pool", "lead", "deputy", "everyone"]


@pytest.mark.django_db
def test_an_older_demonstration_gets_its_rota_prolonged() -> None:
    cast.make(with_history=False)
    north = Clinic.objects.get(slug="north")
    with tenancy.enter(north.pk):
        before = Shift.objects.count()
        Shift.objects.all().delete()
    for _time in range(2):
        demo_cover.prolong("north", "south")
    with tenancy.enter(north.pk):
        assert Shift.objects.count() == before
