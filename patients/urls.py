from django.urls import path

from patients import api, views

app_name = "patients"

urlpatterns = [
    path("c/<slug:clinic>/me/check-in/", views.check_in, name="check_in"),
    path("c/<slug:clinic>/me/consents/", views.consents, name="consents"),
    path("c/<slug:clinic>/me/pin/", views.choose_pin, name="choose_pin"),
    path("c/<slug:clinic>/me/unlock/", views.unlock, name="unlock"),
    path("c/<slug:clinic>/join/<str:token>/", views.join, name="join"),
    path("c/<slug:clinic>/patients/new/", views.admit, name="admit"),
    path("c/<slug:clinic>/patients/<uuid:patient_id>/invite/", views.invite, name="invite"),
    path(
        "api/c/<slug:clinic>/check-ins/",
        api.CheckInViewSet.as_view({"post": "create"}),
        name="api_check_ins",
    ),
    path(
        "api/c/<slug:clinic>/check-ins/<uuid:check_in_id>/",
        api.CheckInViewSet.as_view({"get": "retrieve"}),
        name="api_check_in",
    ),
]
