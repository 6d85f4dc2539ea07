from django.urls import path

from clinics import views

app_name = "clinics"

urlpatterns = [
    path("second-factor/", views.second_factor, name="second_factor"),
    path("locked/", views.locked, name="locked"),
    path("c/<slug:clinic>/settings/roles/", views.roles, name="roles"),
]
