"""An erasure that was killed is finished by the next run."""

from typing import Any

import pytest

from clinics import rotation, tenancy
from clinics.models import Clinic, DataKey
from patients import services, tasks
from patients.models import CheckIn, Erasure, Patient
from patients.services import erasures
from tests.patients.erasing.acts import policy, wish_for


@pytest.mark.commits
@pytest.mark.parametrize(
    ("killed_in", "years"),
    [
        ("_drop_keys", 0),
        ("_scan_and_certify", 0),
        ("_drop_keys", 10),
        ("_change_key", 10),
        ("_step_to", 10),
        ("_scan_and_certify", 10),
    ],
)
def test_killed_half_way_it_is_finished_by_the_next_run(
    north: Clinic, pat: Patient, monkeypatch: pytest.MonkeyPatch, killed_in: str, years: int
) -> None:
    policy(north, record_retention_years=years)
    wish = wish_for(north, pat)

    def killed(*args: Any, **kwargs: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(erasures, killed_in, killed)
        with pytest.raises(KeyboardInterrupt):
            services.run_erasure(clinic=north, erasure_id=wish.pk)
    with tenancy.enter(north.pk):
        wish.refresh_from_db()
        assert wish.state == Erasure.State.RUNNING
        assert Patient.objects.filter(pk=pat.pk).exists() == (years > 0 or killed_in == "_drop_keys")
    tasks.erase_due()
    with tenancy.enter(north.pk):
        wish.refresh_from_db()
        assert wish.state == Erasure.State.FINISHED
        assert not CheckIn.objects.exists()


@pytest.mark.commits
def test_killed_in_the_middle_of_the_new_key(
    north: Clinic, pat: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy(north, record_retention_years=10)
    wish = wish_for(north, pat)

    def killed(*args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(rotation.group.KeyGroup, "_verify", killed)
        with pytest.raises(KeyboardInterrupt):
            services.run_erasure(clinic=north, erasure_id=wish.pk)
    tasks.erase_due()
    with tenancy.enter(north.pk):
        assert Erasure.objects.get().state == Erasure.State.FINISHED
        assert list(DataKey.objects.filter(subject=pat.pk).values_list("version", flat=True)) == [2]
