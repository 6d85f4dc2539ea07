from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import IsAuthenticated

from moodvision import views

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("accounts/", include("allauth.urls")),
    path(
        "api/schema/", SpectacularJSONAPIView.as_view(permission_classes=[IsAuthenticated]), name="api_schema"
    ),
    path("", include("clinics.urls")),
    path("", include("patients.urls")),
    path("", include("inference.urls")),
    path("", include("scoring.urls")),
]
