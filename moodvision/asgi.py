"""The web process: pages and the API over HTTP, alerts over WebSockets."""

import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import OriginValidator
from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moodvision.settings")
pages = get_asgi_application()

from scoring.routing import websocket_urlpatterns  # noqa: E402  needs the apps loaded above

sockets = AuthMiddlewareStack(URLRouter(websocket_urlpatterns))
application = ProtocolTypeRouter(
    {"http": pages, "websocket": OriginValidator(sockets, settings.SITE_ORIGINS)}
)
