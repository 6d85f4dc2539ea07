"""What a web server runs: the application, once key and model are known to be the right ones."""

import logging
import warnings

from moodvision.asgi import application
from moodvision.log_lines import WithoutWords
from moodvision.starting import refuse_to_start_wrongly

refuse_to_start_wrongly()
# WhiteNoise gives small files as plain iterators; Django reads them in a thread, and warns each time.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
for handler in logging.getLogger("uvicorn").handlers:  # what a socket raises is the server's to log
    handler.setFormatter(WithoutWords("%(asctime)s %(levelname)s %(name)s %(message)s"))

__all__ = ["application"]
