"""Planted defects: never imported, and each must be found by the rule of the same name in ../../rules.yaml."""


def clinic_entered_elsewhere(cursor):
    cursor.execute("SELECT set_config('app.clinic', %s, true)", ["x"])


def owner_login_at_runtime():
    return Clinic.objects.using("owner").all()


def statement_put_together(cursor, name):
    cursor.execute(f"SELECT * FROM patients_patient WHERE id = '{name}'")


def markup_trusted(text):
    return mark_safe(text)


@csrf_exempt
def request_forgery_allowed(request):
    return None


@login_not_required
def page_without_sign_in(request):
    return None


def secret_from_elsewhere():
    return os.environ["SECRET_KEY"]


def patient_in_the_log_file(patient):
    logger.info("read %s", patient.name)


@shared_task(ignore_result=True)
def gate_forgotten_in_a_task():
    Patient.objects.all()


def code_from_data(text):
    return eval(text)


def found_by_bandit(command):
    import hashlib
    import subprocess

    subprocess.Popen(command, shell=True)
    return hashlib.md5(command.encode()).hexdigest()
