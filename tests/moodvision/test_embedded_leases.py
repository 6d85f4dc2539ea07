"""Leases, without any server: what the keeper sees while commands come and go."""

from pathlib import Path

import pytest

from moodvision.embedded import leases, locks
from moodvision.embedded.place import Place


def test_a_command_that_ends_while_leases_are_counted_harms_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path)
    place.prepare()
    staying, ending = leases.take(place, ["postgres"]), leases.take(place, ["redis"])
    is_locked = locks.is_locked

    def and_then_it_ends(file: Path) -> bool:
        answer = is_locked(file)
        if file == ending.file:
            ending.drop()
        return answer

    monkeypatch.setattr(locks, "is_locked", and_then_it_ends)
    with locks.locked(place.lock):
        assert [holder.services for holder in leases.living(place)] == [("postgres",)]
    staying.drop()
