"""The demonstration itself: the whole system in processes of its own, from the photo to the screen."""

import json
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings


def play(*words: str) -> dict[str, Any]:
    ended = subprocess.run(
        [sys.executable, "manage.py", "demo", "--once", *words],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    outcome: dict[str, Any] = json.loads(ended.stdout)
    return outcome


@pytest.mark.processes
def test_a_photo_reaches_the_clinicians_screen_as_an_alert() -> None:
    outcome = play()
    steps = [row["step"] for row in outcome["timeline"]]
    assert outcome["alert_reached_screen"] is True
    assert steps.index("photo submitted") < steps.index("alert on the clinician's WebSocket")
    assert [row["at_ms"] for row in outcome["timeline"]] == sorted(
        row["at_ms"] for row in outcome["timeline"]
    )


@pytest.mark.processes
def test_an_answer_to_item_nine_that_nobody_takes_reaches_the_next_ones_mailbox() -> None:
    outcome = play("--item9")
    steps = [row["step"] for row in outcome["timeline"]]
    assert steps.index("answer given") < steps.index("alert on the clinician's WebSocket")
    assert steps.index("mail to who is on duty") < steps.index("escalation mail received")
    subjects = [row["subject"] for row in outcome["timeline"] if "subject" in row]
    assert all(subject.startswith("1001, ") and subject.endswith(", not taken") for subject in subjects)
