import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from inference.emotions import EMOTIONS
from tests.inference.engine.conftest import YUNET
from tests.inference.engine.packages import write_random_package
from tests.shared_data import SHARED, needs_shared

KEYS = [
    *("file", "scored", "reason", "faces", "box"),
    *("probabilities", "label", "quality", "model", "milliseconds"),
]


@pytest.fixture
def _random_model(settings: Settings, package_directory: Path, tmp_path: Path) -> None:
    settings.WEIGHTS_DIR = package_directory
    settings.DETECTOR_FILE = tmp_path / "models" / "yunet.onnx"


def classify(*files: Path) -> list[dict[str, Any]]:
    out = StringIO()
    call_command("classify", *map(str, files), stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.mark.usefixtures("_random_model")
def test_classify_prints_one_line_for_each_image(tmp_path: Path) -> None:
    needs_shared()
    text = tmp_path / "note.txt"
    text.write_text("no image")
    portraits = sorted(SHARED.glob("data/london_faces/*/*.jpg"))
    lines = classify(*portraits, text, tmp_path / "missing.jpg")
    assert len(lines) == len(portraits) + 2
    assert [line["reason"] for line in lines[-2:]] == ["unreadable", "unreadable"]
    assert all(list(line) == KEYS for line in lines)
    scored = [line for line in lines if line["scored"]]
    assert len(scored) >= 95
    assert list(scored[0]["probabilities"]) == list(EMOTIONS)
    assert set(scored[0]["model"]) == {"name", "version", "sha256"}


def test_classify_stops_with_one_line_without_a_model(settings: Settings, tmp_path: Path) -> None:
    settings.WEIGHTS_DIR = tmp_path
    with pytest.raises(CommandError, match=r"manifest\.json"):
        classify(tmp_path / "any.jpg")


def test_the_detector_is_installed_and_used(settings: Settings, tmp_path: Path) -> None:
    needs_shared()
    settings.WEIGHTS_DIR = write_random_package(tmp_path / "weights")
    settings.DETECTOR_FILE = tmp_path / "models" / "yunet.onnx"
    call_command("install_detector", str(YUNET), stdout=StringIO())
    assert settings.DETECTOR_FILE.read_bytes() == YUNET.read_bytes()
    assert list(settings.DETECTOR_FILE.parent.iterdir()) == [settings.DETECTOR_FILE]
    [line] = classify(SHARED / "data" / "london_faces" / "happy" / "001.jpg")
    assert line["faces"] == 1


@pytest.mark.usefixtures("_random_model")
def test_another_file_is_not_installed(settings: Settings, tmp_path: Path) -> None:
    other = tmp_path / "other.onnx"
    other.write_bytes(b"something else")
    with pytest.raises(CommandError, match="SHA-256"):
        call_command("install_detector", str(other))
    assert not settings.DETECTOR_FILE.exists()


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/yunet.onnx", "file:///etc/hostname", "https://127.0.0.1:9/x"]
)
@pytest.mark.usefixtures("_random_model")
def test_only_reachable_https_addresses_are_fetched(settings: Settings, url: str) -> None:
    with pytest.raises(CommandError, match=r"https|cannot be fetched"):
        call_command("install_detector", url)
    assert not settings.DETECTOR_FILE.exists()


def test_a_changed_detector_file_stops_the_start(settings: Settings, tmp_path: Path) -> None:
    settings.WEIGHTS_DIR = write_random_package(tmp_path / "weights")
    settings.DETECTOR_FILE = tmp_path / "yunet.onnx"
    settings.DETECTOR_FILE.write_bytes(b"something else")
    with pytest.raises(CommandError, match="not the YuNet detector"):
        classify(tmp_path / "any.jpg")
