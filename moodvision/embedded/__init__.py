"""Embedded PostgreSQL and Redis: started, shared and stopped by the project, under var/."""

from moodvision.embedded.errors import EmbeddedError
from moodvision.embedded.holding import hold, status, stop_now

__all__ = ["EmbeddedError", "hold", "status", "stop_now"]
