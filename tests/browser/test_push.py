"""A message that reached the browser: what its service worker shows. No push service is within reach, so the
body is handed in as the browser has it once it is opened (tests/clinics/messages/test_channels.py)."""

import json

from tests.browser.test_crisis import wait_for_worker
from tests.browser.visits import Visits

SHOWN = """async () => {
  const worker = await navigator.serviceWorker.ready;
  return (await worker.getNotifications()).map(({ title, body, tag, data }) => ({ title, body, tag, data }));
}"""


def test_the_worker_shows_the_line_and_keeps_the_link(visits: Visits) -> None:
    page = visits.open("/crisis/")
    wait_for_worker(page, "/crisis/")
    origin = page.evaluate("() => location.origin")
    page.context.grant_permissions(["notifications"], origin=origin)
    devtools = page.context.new_cdp_session(page)
    registrations: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: registrations.extend(row["registrationId"] for row in told["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    page.wait_for_timeout(200)
    said = {"title": "4127, 40 min, not taken", "body": "", "url": "/m/abc/", "tag": "a1"}
    for data in (json.dumps(said), "not json"):
        message = {"origin": origin, "registrationId": registrations[0], "data": data}
        devtools.send("ServiceWorker.deliverPushMessage", message)
    page.wait_for_function(f"async () => (await ({SHOWN})()).length === 2", polling=200)
    first, second = sorted(page.evaluate(SHOWN), key=lambda row: str(row["tag"]))
    assert first == {"title": said["title"], "body": "", "tag": "a1", "data": {"url": "/m/abc/"}}
    assert (second["title"], second["data"]) == ("MoodVision", {"url": "/"})
