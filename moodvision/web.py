"""What a web server runs: the application, once key and model are known to be the right ones."""

from moodvision.asgi import application
from moodvision.starting import refuse_to_start_wrongly

refuse_to_start_wrongly()

__all__ = ["application"]
