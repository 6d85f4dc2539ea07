from django.urls import path

from patients import api, views

app_name = "patients"

urlpatterns = [
    path("c/<slug:clinic>/me/check-in/", views.check_in, name="check_in"),
    path("c/<slug:clinic>/me/consents/", views.consents, name="consents"),
    path("c/<slug:clinic>/me/data/", views.own_data, name="own_data"),
    path("c/<slug:clinic>/me/data/export/", views.export_own_data, name="export_own_data"),
    path("c/<slug:clinic>/me/data/contact/", views.change_contact, name="change_contact"),
    path("c/<slug:clinic>/me/data/restriction/", views.restrict, name="restrict"),
    path("c/<slug:clinic>/me/data/requests/", views.ask, name="ask"),
    path(
        "c/<slug:clinic>/me/check-ins/<uuid:check_in_id>/correct/",
        views.correct_check_in,
        name="correct_check_in",
    ),
    path("c/<slug:clinic>/privacy/", views.privacy, name="privacy"),
    path("c/<slug:clinic>/settings/retention/", views.retention_settings, name="retention"),
    path("c/<slug:clinic>/requests/", views.desk, name="desk"),
    path("c/<slug:clinic>/requests/<uuid:request_id>/", views.desk_request, name="desk_request"),
    path(
        "c/<slug:clinic>/requests/<uuid:request_id>/export/", views.export_requested, name="export_requested"
    ),
    path(
        "c/<slug:clinic>/requests/<uuid:request_id>/correct/",
        views.correct_requested,
        name="correct_requested",
    ),
    path(
        "c/<slug:clinic>/requests/<uuid:request_id>/restrict/",
        views.restrict_requested,
        name="restrict_requested",
    ),
    path("c/<slug:clinic>/requests/<uuid:request_id>/close/", views.close_request, name="close_request"),
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
