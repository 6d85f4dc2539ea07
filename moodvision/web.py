"""What a web server runs: the application, once key and model are known to be the right ones."""

import warnings

from moodvision.asgi import application
from moodvision.starting import refuse_to_start_wrongly

refuse_to_start_wrongly()
# WhiteNoise hands over small files as plain iterators, which Django reads in a thread and warns about each time.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")

__all__ = ["application"]
