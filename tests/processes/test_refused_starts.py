"""Web and worker do not start with the wrong key or without their model, and say why in one line."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from moodvision import scratch
from tests.processes import workers

pytestmark = pytest.mark.processes
NOWHERE = "redis+socket:///nowhere/redis.sock?virtual_host=0"
COMMANDS = {
    "worker": [sys.executable, "-m", "celery", "-A", "moodvision.celery", "--quiet", "worker", "-c", "1"],
    "web": [sys.executable, "-m", "uvicorn", "moodvision.web:application", "--uds", "nowhere.sock"],
}


def refusal(command: str, environment: Mapping[str, str]) -> str:
    """The last line of a process that must end by itself."""
    ended = subprocess.run(
        COMMANDS[command],
        cwd=workers.ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert ended.returncode not in (0, None), ended.stdout
    assert "Traceback" not in ended.stderr
    return ended.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("command", "harm", "said"),
    [("worker", "altered", "was altered"), ("web", "missing", "cannot be read")],
)
def test_without_its_model(committing: str, weights: Path, command: str, harm: str, said: str) -> None:
    model = weights / "model.onnx"
    if harm == "altered":
        model.write_bytes(model.read_bytes() + b"\0")
    else:
        model.unlink()
    line = refusal(command, workers.environment(NOWHERE, weights))
    assert line.startswith("MoodVision does not start: ")
    assert said in line


def test_with_a_model_that_is_none(committing: str, weights: Path) -> None:
    """The manifest's own file, and yet no network: a worker that cannot read claims no photo."""
    (weights / "model.onnx").write_bytes(b"something else")
    manifest = json.loads((weights / "manifest.json").read_text())
    manifest["sha256"] = hashlib.sha256(b"something else").hexdigest()
    (weights / "manifest.json").write_text(json.dumps(manifest))
    line = refusal("worker", workers.environment(NOWHERE, weights))
    assert line.startswith("MoodVision does not start: ")
    assert "is not a model" in line


@pytest.mark.parametrize("command", ["worker", "web"])
def test_with_a_detector_that_is_another(
    committing: str, weights: Path, tmp_path: Path, command: str
) -> None:
    detector = tmp_path / "yunet.onnx"
    detector.write_bytes(b"something else")
    line = refusal(command, workers.environment(NOWHERE, weights, DETECTOR_FILE=str(detector)))
    assert line.startswith("MoodVision does not start: ")
    assert "not the YuNet detector" in line


def test_by_the_login_that_owns_the_tables(committing: str, weights: Path) -> None:
    owner = scratch.database_environment()["DATABASE_OWNER_URL"]
    line = refusal("web", workers.environment(NOWHERE, weights, DATABASE_URL=owner))
    assert line.startswith("MoodVision does not start: DATABASE_URL signs in as the owner")


@pytest.mark.parametrize("command", ["worker", "web"])
def test_with_the_wrong_key(committing: str, weights: Path, command: str) -> None:
    wrong = Fernet.generate_key().decode()
    line = refusal(command, workers.environment(NOWHERE, weights, FIELD_ENCRYPTION_KEY=wrong))
    assert line.startswith("MoodVision does not start: FIELD_ENCRYPTION_KEY is not the key")
