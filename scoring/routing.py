from django.urls import path

from scoring.consumers import AlertConsumer

websocket_urlpatterns = [path("ws/c/<slug:clinic>/alerts/", AlertConsumer.as_asgi())]
