"""The demonstration itself: the whole system in processes of its own, from the photo to the screen."""

import json
import subprocess
import sys

import pytest
from django.conf import settings


@pytest.mark.processes
def test_a_photo_reaches_the_clinicians_screen_as_an_alert() -> None:
    ended = subprocess.run(
        [sys.executable, "manage.py", "demo", "--once"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    outcome = json.loads(ended.stdout)
    steps = [row["step"] for row in outcome["timeline"]]
    assert outcome["alert_reached_screen"] is True
    assert steps.index("photo submitted") < steps.index("alert on the clinician's WebSocket")
    assert [row["at_ms"] for row in outcome["timeline"]] == sorted(
        row["at_ms"] for row in outcome["timeline"]
    )
