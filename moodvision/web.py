"""What a web server runs: the application, once key and model are known to be the right ones."""

import warnings

from moodvision.asgi import application
from moodvision.starting import refuse_to_start_wrongly

refuse_to_start_wrongly()
# WhiteNoise gives small files as plain iterators; Django reads them in a thread, and warns each time.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")

__all__ = ["application"]
