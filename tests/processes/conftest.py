from collections.abc import Iterator
from pathlib import Path

import pytest

from moodvision.embedded.redis import RunningRedis
from tests.inference.engine.packages import write_random_package


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    return write_random_package(tmp_path / "weights")


@pytest.fixture
def own_redis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningRedis]:
    """A Redis that this test may kill; doorbells of the test itself ring there too."""
    with RunningRedis(tmp_path / "redis") as redis:
        monkeypatch.setenv("CELERY_BROKER_URL", redis.celery_url)  # what Celery reads before its settings
        yield redis
