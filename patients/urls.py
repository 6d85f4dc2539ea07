from django.urls import path

from patients import api, questionnaires_api, views

app_name = "patients"

urlpatterns = [
    path("c/<slug:clinic>/me/check-in/", views.check_in, name="check_in"),
    path("c/<slug:clinic>/me/questionnaires/", views.own_questionnaires, name="own_questionnaires"),
    path("c/<slug:clinic>/me/questionnaires/<uuid:round_id>/", views.questionnaire, name="questionnaire"),
    path(
        "c/<slug:clinic>/me/questionnaires/<uuid:round_id>/all/",
        views.questionnaire_sheet,
        name="questionnaire_sheet",
    ),
    path(
        "c/<slug:clinic>/me/questionnaires/<uuid:round_id>/send/",
        views.send_questionnaire,
        name="send_questionnaire",
    ),
    path(
        "c/<slug:clinic>/me/questionnaires/<uuid:round_id>/<slug:item>/",
        views.questionnaire_item,
        name="questionnaire_item",
    ),
    path("c/<slug:clinic>/me/consents/", views.consents, name="consents"),
    path("c/<slug:clinic>/me/fairness/", views.fairness, name="fairness"),
    path("c/<slug:clinic>/me/notices/", views.notices, name="notices"),
    path("c/<slug:clinic>/me/programmes/", views.own_programmes, name="own_programmes"),
    path(
        "c/<slug:clinic>/me/programmes/<uuid:programme_id>/check-in/",
        views.programme_check_in,
        name="programme_check_in",
    ),
    path("c/<slug:clinic>/programmes/", views.programmes, name="programmes"),
    path(
        "c/<slug:clinic>/programmes/<uuid:programme_id>/close/", views.close_programme, name="close_programme"
    ),
    path("c/<slug:clinic>/me/data/", views.own_data, name="own_data"),
    path("c/<slug:clinic>/me/data/export/", views.export_own_data, name="export_own_data"),
    path("c/<slug:clinic>/me/data/contact/", views.change_contact, name="change_contact"),
    path("c/<slug:clinic>/me/data/restriction/", views.restrict, name="restrict"),
    path("c/<slug:clinic>/me/data/erasure/", views.erase, name="erase"),
    path("c/<slug:clinic>/me/data/requests/", views.ask, name="ask"),
    path(
        "c/<slug:clinic>/me/check-ins/<uuid:check_in_id>/correct/",
        views.correct_check_in,
        name="correct_check_in",
    ),
    path("c/<slug:clinic>/privacy/", views.privacy, name="privacy"),
    path("c/<slug:clinic>/moving/", views.moving, name="moving"),
    path("c/<slug:clinic>/settings/retention/", views.retention_settings, name="retention"),
    path("c/<slug:clinic>/settings/retention/erasure/", views.erasure_times, name="erasure_times"),
    path("c/<slug:clinic>/settings/teams/", views.teams, name="teams"),
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
    path("c/<slug:clinic>/requests/<uuid:request_id>/extend/", views.extend_request, name="extend_request"),
    path("c/<slug:clinic>/requests/<uuid:request_id>/erasure/", views.desk_erasure, name="desk_erasure"),
    path("c/<slug:clinic>/holds/", views.holds, name="holds"),
    path("c/<slug:clinic>/holds/<uuid:hold_id>/", views.hold, name="hold"),
    path("c/<slug:clinic>/erasures/", views.certificates, name="certificates"),
    path("c/<slug:clinic>/erasures/<uuid:erasure_id>/", views.certificate, name="certificate"),
    path(
        "c/<slug:clinic>/erasures/<uuid:erasure_id>/print/",
        views.print_certificate,
        name="print_certificate",
    ),
    path(
        "c/<slug:clinic>/erasures/<uuid:erasure_id>/file/",
        views.download_certificate,
        name="download_certificate",
    ),
    path("c/<slug:clinic>/me/pin/", views.choose_pin, name="choose_pin"),
    path("c/<slug:clinic>/me/unlock/", views.unlock, name="unlock"),
    path("c/<slug:clinic>/join/<str:token>/", views.join, name="join"),
    path("c/<slug:clinic>/policy/", views.policy, name="policy"),
    path("c/<slug:clinic>/policy/staff-names/", views.staff_names, name="staff_names"),
    path("c/<slug:clinic>/patients/find/", views.find, name="find"),
    path("c/<slug:clinic>/patients/new/", views.admit, name="admit"),
    path("c/<slug:clinic>/patients/closed/", views.closed_records, name="closed_records"),
    path("c/<slug:clinic>/settings/questionnaires/", views.questionnaire_plans, name="questionnaire_plans"),
    path(
        "c/<slug:clinic>/settings/questionnaires/<slug:questionnaire>/",
        views.plan_questionnaire,
        name="plan_questionnaire",
    ),
    path(
        "c/<slug:clinic>/patients/<uuid:patient_id>/questionnaires/",
        views.questionnaire_results,
        name="questionnaire_results",
    ),
    path(
        "c/<slug:clinic>/patients/<uuid:patient_id>/questionnaires/ask/",
        views.ask_questionnaire,
        name="ask_questionnaire",
    ),
    path(
        "c/<slug:clinic>/patients/<uuid:patient_id>/questionnaires/<uuid:round_id>/",
        views.questionnaire_result,
        name="questionnaire_result",
    ),
    path(
        "c/<slug:clinic>/patients/<uuid:patient_id>/questionnaires/<uuid:round_id>/enter/",
        views.enter_answers,
        name="enter_answers",
    ),
    path("c/<slug:clinic>/patients/<uuid:patient_id>/standing/", views.standing, name="standing"),
    path("c/<slug:clinic>/patients/<uuid:patient_id>/invite/", views.invite, name="invite"),
    path("c/<slug:clinic>/patients/<uuid:patient_id>/unlink/", views.unlink, name="unlink"),
    path("c/<slug:clinic>/patients/<uuid:patient_id>/intake/", views.intake, name="intake"),
    path(
        "c/<slug:clinic>/patients/<uuid:patient_id>/emergency-card/",
        views.emergency_card,
        name="emergency_card",
    ),
    path(
        "c/<slug:clinic>/patients/<uuid:patient_id>/emergency-card/print/",
        views.print_emergency_card,
        name="print_emergency_card",
    ),
    path(
        "c/<slug:clinic>/patients/<uuid:patient_id>/emergency-card/edit/",
        views.edit_emergency_card,
        name="edit_emergency_card",
    ),
    path("c/<slug:clinic>/me/access/", views.who_looked, name="who_looked"),
    path("c/<slug:clinic>/break-glass/", views.break_glass, name="break_glass"),
    path("c/<slug:clinic>/break-glass/reviews/", views.break_glass_reviews, name="break_glass_reviews"),
    path(
        "c/<slug:clinic>/break-glass/reviews/<uuid:break_glass_id>/",
        views.review_break_glass,
        name="review_break_glass",
    ),
    path("c/<slug:clinic>/access-log/", views.access_log, name="access_log"),
    path("c/<slug:clinic>/access-log/unusual/", views.unusual_access, name="unusual_access"),
    path("c/<slug:clinic>/access-log/verify/", views.verify_log, name="verify_log"),
    path("c/<slug:clinic>/access-log/export/", views.export_log, name="export_log"),
    path("c/<slug:clinic>/access-log/reviews/", views.log_reviews_page, name="log_reviews"),
    path("c/<slug:clinic>/access-log/reviews/<uuid:review_id>/", views.sign_review, name="sign_review"),
    path(
        "api/c/<slug:clinic>/questionnaires/",
        questionnaires_api.QuestionnaireViewSet.as_view({"get": "list"}),
        name="api_questionnaires",
    ),
    path(
        "api/c/<slug:clinic>/questionnaires/<uuid:round_id>/answers/",
        questionnaires_api.QuestionnaireViewSet.as_view({"post": "answers"}),
        name="api_answers",
    ),
    path(
        "api/c/<slug:clinic>/questionnaires/<uuid:round_id>/finish/",
        questionnaires_api.QuestionnaireViewSet.as_view({"post": "finish"}),
        name="api_finish",
    ),
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
