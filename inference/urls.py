from django.urls import path

from inference import views

app_name = "inference"

urlpatterns = [
    path("c/<slug:clinic>/settings/program/", views.watch, name="watch"),
    path(
        "c/<slug:clinic>/settings/program/notices/<uuid:notice_id>/",
        views.close_watch_notice,
        name="close_watch_notice",
    ),
    path("c/<slug:clinic>/readings/<uuid:reading_id>/label/", views.label, name="label"),
    path("c/<slug:clinic>/me/check-ins/<uuid:check_in_id>/", views.check_in, name="check_in"),
    path("c/<slug:clinic>/me/check-ins/<uuid:check_in_id>/contest/", views.contest, name="contest"),
    path(
        "c/<slug:clinic>/me/check-ins/<uuid:check_in_id>/reading/",
        views.reading_status,
        name="reading_status",
    ),
    path("c/<slug:clinic>/readings/<uuid:reading_id>/explanation/", views.explanation, name="explanation"),
    path(
        "c/<slug:clinic>/readings/<uuid:reading_id>/explanation/picture/",
        views.explanation_picture,
        name="explanation_picture",
    ),
]
