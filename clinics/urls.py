from django.urls import path

from clinics import views

app_name = "clinics"

urlpatterns = [
    path("sw.js", views.service_worker, name="service_worker"),
    path("crisis/", views.crisis_page, name="crisis"),
    path("crisis/<slug:clinic>/", views.crisis_of_clinic, name="crisis_of_clinic"),
    path("second-factor/", views.second_factor, name="second_factor"),
    path("locked/", views.locked, name="locked"),
    path("accounts/sessions/<int:session_id>/end/", views.end_session, name="end_session"),
    path("c/<slug:clinic>/staff/<str:token>/", views.join, name="join"),
    path("c/<slug:clinic>/on-call/", views.on_call, name="on_call"),
    path("c/<slug:clinic>/settings/members/<uuid:member_id>/on-call/", views.set_on_call, name="set_on_call"),
    path("m/<str:token>/", views.follow, name="follow_message"),
    path("c/<slug:clinic>/m/<uuid:message_id>/", views.open_message, name="open_message"),
    path("c/<slug:clinic>/messages/", views.message_choices, name="message_choices"),
    path("c/<slug:clinic>/messages/address/", views.add_address, name="add_message_address"),
    path("c/<slug:clinic>/messages/device/", views.add_device, name="add_message_device"),
    path("c/<slug:clinic>/messages/remove/", views.remove_address, name="remove_message_address"),
    path("c/<slug:clinic>/messages/test/", views.test_channel, name="test_message_channel"),
    path("c/<slug:clinic>/settings/messages/", views.outbox, name="outbox"),
    path("c/<slug:clinic>/rota/", views.rota_page, name="rota"),
    path("c/<slug:clinic>/test-alerts/<uuid:trial_id>/", views.trial_alert, name="trial_alert"),
    path("c/<slug:clinic>/settings/cover/", views.cover_page, name="cover"),
    path("c/<slug:clinic>/settings/going-live/", views.going_live_page, name="going_live"),
    path("c/<slug:clinic>/settings/going-live/<str:week>/", views.shadow_week, name="shadow_week"),
    path("c/<slug:clinic>/settings/roles/", views.roles, name="roles"),
    path("c/<slug:clinic>/settings/members/", views.members, name="members"),
    path("c/<slug:clinic>/settings/members/<uuid:member_id>/role/", views.change_role, name="change_role"),
    path("c/<slug:clinic>/settings/members/<uuid:member_id>/switch/", views.switch, name="switch_member"),
    path(
        "c/<slug:clinic>/settings/members/<uuid:member_id>/sign-out/",
        views.sign_out,
        name="sign_out_member",
    ),
    path(
        "c/<slug:clinic>/settings/invitations/<uuid:invitation_id>/withdraw/",
        views.withdraw,
        name="withdraw_invitation",
    ),
]
