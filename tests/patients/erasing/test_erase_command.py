"""The command takes the same two steps."""

import io
import sys

import pytest
from django.core.management import CommandError, call_command

from clinics.models import Clinic
from patients.models import Patient


def say(*words: str, monkeypatch: pytest.MonkeyPatch | None = None, text: str = "") -> str:
    said = io.StringIO()
    if monkeypatch is not None:
        monkeypatch.setattr(sys, "stdin", io.StringIO(text + "\n"))
    call_command("erase_patient", *words, stdout=said)
    return said.getvalue()


@pytest.mark.commits
def test_the_command_takes_the_same_two_steps(
    north: Clinic, pat: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = ("north", str(pat.pk))
    say("hold", *who, monkeypatch=monkeypatch, text="Court file 7")
    with pytest.raises(CommandError, match="the clinic must keep it"):
        say("request", *who)
    say("release", *who, monkeypatch=monkeypatch, text="Over")
    with pytest.raises(CommandError, match="no open erasure"):
        say("confirm", *who)
    say("request", *who)
    with pytest.raises(CommandError, match="Not now"):
        say("run", *who)
    say("cancel", *who)
    say("request", *who, "--everything")
    say("confirm", *who)
    assert "Certificate of erasure" in say("run", *who)
    assert "Certificate of erasure" in say("certificate", *who)
    with pytest.raises(CommandError, match="no such record"):
        say("request", *who)
    with pytest.raises(CommandError, match="no clinic"):
        say("request", "west", str(pat.pk))
