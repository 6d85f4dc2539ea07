"""Each queue has a worker, and the timers of alerts have one of their own."""

import re
from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path

import pytest
from django.conf import settings

from moodvision import serving

ROOT = Path(__file__).resolve().parents[2]
TAKES = re.compile(r"-Q ([a-z,]+)")


def workers_of_serve() -> Iterable[str]:
    return (" ".join(child.command) for child in serving.everything("127.0.0.1", 8000, {}))


def workers_of_compose() -> Iterable[str]:
    return (ROOT / "docker/compose.yml").read_text().splitlines()


@pytest.mark.parametrize("lines", [workers_of_serve, workers_of_compose])
def test_each_queue_is_taken_once_and_duty_waits_for_nothing_else(lines: Callable[[], Iterable[str]]) -> None:
    taken = [found.group(1).split(",") for line in lines() if (found := TAKES.search(line))]
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    assert sorted(chain.from_iterable(taken)) == sorted(routed | {settings.CELERY_TASK_DEFAULT_QUEUE})
    assert ["duty"] in taken


def test_only_the_sweeper_is_on_the_queue_of_duty() -> None:
    on_duty = [name for name, route in settings.CELERY_TASK_ROUTES.items() if route["queue"] == "duty"]
    assert on_duty == ["scoring.tasks.judge_timers"]
