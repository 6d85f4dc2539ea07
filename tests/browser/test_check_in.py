"""A patient checks in: with the camera, and without any script."""

import os
from datetime import timedelta
from pathlib import Path

from django.utils import timezone
from playwright.sync_api import Page, expect

from moodvision.demo import cast
from patients.models import CheckIn
from tests.browser.site import REAL_SIGN_IN
from tests.browser.visits import PHONE, Visits, photo_file
from tests.inference import photos

READ = "Your photo was read."
NOT_USED = "We could not use this photo."


def sign_in(page: Page) -> None:
    page.get_by_label("Email").fill(REAL_SIGN_IN)
    page.get_by_label("Password", exact=True).fill(cast.PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_a_photo_from_the_camera_is_taken_again_and_read(visits: Visits) -> None:
    page = visits.open("/accounts/login/", width=PHONE)
    sign_in(page)
    page.get_by_role("link", name="Check in").first.click()
    page.get_by_role("button", name="Use the camera").click()
    page.get_by_role("button", name="Take the photo").click()
    preview = page.get_by_role("img", name="The photo you are about to send")
    expect(preview).to_be_visible()
    first = preview.get_attribute("src")
    page.get_by_role("button", name="Take another").click()
    expect(preview).to_be_hidden()
    page.get_by_role("button", name="Take the photo").click()
    expect(preview).to_be_visible()
    assert preview.get_attribute("src") != first
    page.get_by_role("radio", name="4", exact=True).check()
    page.get_by_role("button", name="Send check-in").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    expect(page.get_by_text(READ)).to_be_visible()
    expect(page.get_by_text("4 of 10")).to_be_visible()


def test_a_chosen_photo_can_be_left_out_again(visits: Visits, face: bytes) -> None:
    page = visits.open("/c/north/me/check-in/", who="pat@north.example")
    page.get_by_label("Choose a photo").set_input_files(photo_file(face))
    expect(page.get_by_role("img", name="The photo you are about to send")).to_be_visible()
    page.get_by_role("button", name="No photo").click()
    page.get_by_label("Anything you want to add?").fill("Only words today.")
    page.get_by_role("button", name="Send check-in").click()
    expect(page.get_by_text("Only words today.")).to_be_visible()
    expect(page.get_by_role("heading", name="Your photo")).to_be_hidden()


def test_an_old_photo_of_the_gallery_is_refused_before_it_is_sent(
    visits: Visits, face: bytes, tmp_path: Path
) -> None:
    page = visits.open("/c/north/me/check-in/", who="pat@north.example")
    photo = tmp_path / "holiday.jpg"
    photo.write_bytes(face)
    preview = page.get_by_role("img", name="The photo you are about to send")
    for age, is_used in ((timedelta(days=8), False), (timedelta(days=2), True)):
        taken = (timezone.now() - age).timestamp()
        os.utime(photo, (taken, taken))
        page.get_by_label("Choose a photo").set_input_files(photo)
        expect(page.get_by_text("looks more than seven days old")).to_be_visible(visible=not is_used)
        expect(preview).to_be_visible(visible=is_used)
    page.get_by_role("button", name="Send check-in").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    with visits.site.inside():
        captured_at = CheckIn.objects.latest("submitted_at").captured_at
    assert abs(captured_at.timestamp() - taken) < 2


def test_without_javascript_the_form_uploads_and_the_page_says_the_result(
    visits: Visits, face: bytes
) -> None:
    page = visits.open("/accounts/login/", java_script_enabled=False, width=PHONE)
    sign_in(page)
    assert _result(page, face) == READ
    assert _result(page, photos.empty_room()) == NOT_USED
    expect(page.get_by_text("Your answers still count.")).to_be_visible()


def _result(page: Page, image: bytes) -> str:
    """Looks again by hand, as the page offers."""
    page.goto("/c/north/me/check-in/")
    expect(page.get_by_role("button", name="Use the camera")).to_be_hidden()
    page.get_by_label("Choose a photo").set_input_files(photo_file(image))
    page.get_by_role("radio", name="5", exact=True).check()
    page.get_by_role("button", name="Send check-in").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    for _ in range(100):
        for text in (READ, NOT_USED):
            if page.get_by_text(text).is_visible():
                return text
        page.wait_for_timeout(200)
        page.get_by_role("link", name="Look again").click()
    raise AssertionError("the photo was not read")
