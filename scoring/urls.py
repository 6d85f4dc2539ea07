from django.urls import path

from scoring import api, views

app_name = "scoring"

urlpatterns = [
    path("c/<slug:clinic>/", views.triage, name="triage"),
    path("c/<slug:clinic>/patients/<uuid:patient_id>/", views.patient, name="patient"),
    path("c/<slug:clinic>/alerts/", views.alert_list, name="alerts"),
    path("c/<slug:clinic>/alerts/<uuid:alert_id>/", views.alert, name="alert"),
    path("c/<slug:clinic>/alerts/<uuid:alert_id>/take/", views.take, name="take"),
    path("c/<slug:clinic>/alerts/<uuid:alert_id>/attempt/", views.attempt, name="attempt"),
    path("c/<slug:clinic>/alerts/<uuid:alert_id>/offer/", views.offer, name="offer"),
    path("c/<slug:clinic>/alerts/<uuid:alert_id>/offer/answer/", views.answer_offer, name="answer_offer"),
    path("c/<slug:clinic>/alerts/<uuid:alert_id>/give-back/", views.give_back, name="give_back"),
    path("c/<slug:clinic>/alerts/<uuid:alert_id>/snooze/", views.snooze, name="snooze"),
    path("c/<slug:clinic>/alerts/<uuid:alert_id>/unreached/", views.propose_unreached, name="unreached"),
    path(
        "c/<slug:clinic>/alerts/<uuid:alert_id>/unreached/confirm/",
        views.confirm_unreached,
        name="confirm_unreached",
    ),
    path("c/<slug:clinic>/alerts/<uuid:alert_id>/hand-over/", views.hand_over, name="hand_over"),
    path("c/<slug:clinic>/alerts/<uuid:alert_id>/resolve/", views.resolve, name="resolve"),
    path("c/<slug:clinic>/handover/", views.handover, name="handover"),
    path("c/<slug:clinic>/downtime/", views.downtime_sheet, name="downtime_sheet"),
    path("c/<slug:clinic>/downtime/print/", views.print_downtime_sheet, name="print_downtime_sheet"),
    path("c/<slug:clinic>/settings/matrix/", views.matrix, name="matrix"),
    path("c/<slug:clinic>/settings/matrix/preview/", views.preview, name="matrix_preview"),
    path("c/<slug:clinic>/settings/rules/", views.rules, name="rules"),
    path("c/<slug:clinic>/settings/rules/budget/", views.rule_budget, name="rule_budget"),
    path("c/<slug:clinic>/settings/rules/<slug:code>/", views.rule, name="rule"),
    path("c/<slug:clinic>/settings/rules/<slug:code>/preview/", views.rule_preview, name="rule_preview"),
    path("c/<slug:clinic>/figures/", views.figures, name="figures"),
    path("c/<slug:clinic>/patients/<uuid:patient_id>/face/", views.silence_face, name="silence_face"),
    path(
        "c/<slug:clinic>/patients/<uuid:patient_id>/face/<uuid:silence_id>/lift/",
        views.lift_silence,
        name="lift_silence",
    ),
    path("c/<slug:clinic>/me/face/", views.own_face, name="own_face"),
    path("c/<slug:clinic>/me/", views.own_history, name="own_history"),
    path("c/<slug:clinic>/me/call/", views.own_call, name="own_call"),
    path("c/<slug:clinic>/me/notes/<uuid:note_id>/", views.answer_note, name="answer_note"),
    path(
        "api/c/<slug:clinic>/call/",
        api.CallViewSet.as_view({"get": "retrieve", "post": "create"}),
        name="api_call",
    ),
]
