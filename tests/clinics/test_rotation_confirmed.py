"""Keys are rotated only after the name of what is rotated was typed, or the command was told not to ask."""

import io

import pytest
from django.core.management import CommandError, call_command

from clinics import tenancy
from clinics.models import Clinic, DataKey
from tests.clinics.factories import make_member


def versions(clinic: Clinic) -> set[int]:
    with tenancy.enter(clinic.pk):
        return {*DataKey.objects.filter(scope="clinic").values_list("version", flat=True)}


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch, clinic_a: Clinic) -> list[str]:
    """What is typed; the questions take its place. The clinic has a key."""
    make_member(clinic_a, "clinician", "Some One")
    typed: list[str] = []

    def answer(question: str) -> str:
        if not typed:
            raise EOFError
        word = typed.pop()
        typed.insert(0, question)
        return word

    monkeypatch.setattr("builtins.input", answer)
    return typed


def rotate(*words: str) -> None:
    call_command("rotate_keys", *words, stdout=io.StringIO())


@pytest.mark.parametrize("word", ["", "yes", "south", "NORTH", None])
def test_any_other_word_or_none_changes_nothing(
    clinic_a: Clinic, answered: list[str], word: str | None
) -> None:
    answered += [] if word is None else [word]
    before = versions(clinic_a)
    with pytest.raises(CommandError, match="Nothing was changed"):
        rotate("clinic", "--clinic", "north")
    assert versions(clinic_a) == before == {1}


def test_the_slug_of_the_clinic_confirms(clinic_a: Clinic, answered: list[str]) -> None:
    answered.append("north")
    rotate("clinic", "--clinic", "north")
    assert max(versions(clinic_a)) == 2
    assert "`north`" in answered[0]


def test_all_clinics_and_the_wrapping_key_ask_for_words_of_their_own(
    clinic_a: Clinic, answered: list[str]
) -> None:
    for words in (["clinic"], ["wrapping"]):
        answered[:] = ["north"]
        with pytest.raises(CommandError, match="Nothing was changed"):
            rotate(*words)
    answered[:] = ["every clinic"]
    rotate("clinic")
    assert max(versions(clinic_a)) == 2


def test_with_yes_nothing_is_asked(clinic_a: Clinic, answered: list[str]) -> None:
    rotate("clinic", "--clinic", "north", "--yes")
    assert max(versions(clinic_a)) == 2
    assert answered == []
