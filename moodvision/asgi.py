"""The web process: pages and the API over HTTP, alerts over WebSockets."""

import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import OriginValidator
from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moodvision.settings")
pages = get_asgi_application()

from moodvision.body_limit import BodyLimit  # noqa: E402
from moodvision.handshakes import HandshakeLog  # noqa: E402
from scoring.routing import websocket_urlpatterns  # noqa: E402  needs the apps loaded above

sockets = AuthMiddlewareStack(URLRouter(websocket_urlpatterns))
application = ProtocolTypeRouter(
    {
        "http": BodyLimit(pages, settings.BODY_LIMIT_BYTES),
        "websocket": HandshakeLog(OriginValidator(sockets, settings.SITE_ORIGINS)),
    }
)
