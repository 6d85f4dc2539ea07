"""One site and one Chromium for all tests of this folder, started when the first of them asks."""

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect, sync_playwright

from moodvision.demo import photo
from tests.browser import chromium
from tests.browser import site as sites
from tests.browser.site import Site
from tests.browser.visits import PATIENCE_MS, Visits
from tests.inference.engine.packages import COMMITTED, write_random_package
from tests.inference.photos import portrait

OPTIONS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # the CDN is out of reach, as in many clinics
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def executable() -> str:
    """Chromium; where it is missing the tests are skipped with one line, and with CI=true they fail."""
    found = chromium.executable()
    if found is None:
        pytest.skip("no Chromium here; `make test` installs it as root, otherwise: apt-get install chromium")
    return found


@pytest.fixture(scope="package")
def site(
    executable: str,
    template_database: str,
    django_db_blocker: sites.Blocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    weights = COMMITTED
    if not (COMMITTED / "manifest.json").exists():
        weights = write_random_package(tmp_path_factory.mktemp("browser") / "weights")
    with sites.running(template_database, weights, django_db_blocker) as running:
        yield running


@pytest.fixture(scope="package")
def browser(executable: str, site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Before its camera sits the demo's real face."""
    film = tmp_path_factory.mktemp("camera") / "face.mjpeg"
    film.write_bytes(_film())
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(
            executable_path=executable, args=[*OPTIONS, f"--use-file-for-fake-video-capture={film}"]
        )
        yield chrome
        chrome.close()


@pytest.fixture
def visits(browser: Browser, site: Site) -> Iterator[Visits]:
    """Windows of one test; at its end nothing may have gone wrong in any of them."""
    opened = Visits(browser, site)
    yield opened
    opened.close()
    assert opened.unexpected() == []


@pytest.fixture
def shoot() -> Callable[[Page, str], None]:
    """Under `make screenshots` writes what the window shows to var/screenshots/<name>.png."""
    folder = settings.VAR_DIR / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)

    def write(page: Page, name: str) -> None:
        if os.environ.get("MOODVISION_SCREENSHOTS"):
            page.screenshot(path=folder / f"{name}.png", animations="disabled", scale="css")

    return write


@pytest.fixture(scope="session")
def face() -> bytes:
    return photo.astronaut()


def _film() -> bytes:
    """Motion JPEG, the same picture over and over."""
    frame = portrait().crop((0, 0, 480, 360)).resize((640, 480))
    buffer = io.BytesIO()
    frame.save(buffer, "JPEG", quality=90)
    return buffer.getvalue() * 10
