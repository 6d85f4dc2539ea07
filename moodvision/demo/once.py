"""One real check-in, from the patient's browser to the clinician's screen, with the time of each step.

Everything is real and runs in processes of its own: web, worker, beat, PostgreSQL, Redis. The patient has
four synthetic low readings, one under the floor; the photo is the fifth, so the window is judged for the
first time.
"""

import re
from typing import Any

import httpx

from moodvision.demo import photo, stage
from moodvision.demo.stage import CLINIC, CLINICIAN, PATIENT, DemoError, Timeline

ALERT_SECONDS = 60
HIDDEN = re.compile(r'<input type="hidden" name="([a-z_]+)"(?: value="([^"]*)")?')


def play() -> dict[str, Any]:
    """Runs the demonstration in a database of its own; the timeline, or DemoError."""
    timeline = Timeline()
    with stage.system(timeline, {}) as address:
        _check_in_and_wait(address, timeline)
    return {
        "alert_reached_screen": True,
        "submit_to_screen_ms": timeline.between_ms("photo submitted", "alert on the clinician's WebSocket"),
        "data": "synthetic patient and history; photo in the public domain (scikit-image's astronaut)",
        "timeline": timeline.steps,
    }


def _check_in_and_wait(address: str, timeline: Timeline) -> None:
    with stage.browser(address) as clinician, stage.browser(address) as patient:
        stage.sign_in(clinician, CLINICIAN)
        timeline.note("clinician signed in", who=CLINICIAN)
        with stage.screen_of(clinician, address) as screen:
            timeline.note("clinician's WebSocket open")
            stage.sign_in(patient, PATIENT)
            timeline.note("patient signed in", who=PATIENT)
            page = _submit(patient, timeline)
            frame = stage.wait_for_alert(screen, ALERT_SECONDS)
            timeline.note("alert on the clinician's WebSocket", frame=frame)
        triage = clinician.get(f"/c/{CLINIC}/")
        if frame["alert"] not in triage.text:
            raise DemoError("The triage page does not show the alert.")
        timeline.note("triage page shows the alert", status=triage.status_code)
        reading = patient.get(page)
        timeline.note("patient's page", status=reading.status_code)


def _submit(patient: httpx.Client, timeline: Timeline) -> str:
    form = patient.get(f"/c/{CLINIC}/me/check-in/")
    fields = dict(HIDDEN.findall(form.text))
    image = photo.astronaut()
    timeline.note("photo submitted", bytes=len(image))
    response = patient.post(
        f"/c/{CLINIC}/me/check-in/",
        data={**fields, "mood": "3", "note": "A demonstration."},
        files={"image": ("astronaut.jpg", image, "image/jpeg")},
        headers={"Referer": str(patient.base_url)},
    )
    if response.status_code != 302:
        raise DemoError(f"The check-in was answered with {response.status_code}.")
    timeline.note("check-in accepted", status=response.status_code)
    return response.headers["Location"]
