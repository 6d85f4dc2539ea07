"""The way to a reading that was explained on its kept photo."""

import numpy as np
from playwright.sync_api import Page, expect

from clinics import keys
from clinics.models import ClinicSettings
from inference.engine.explaining import overlay
from inference.models import Explanation
from patients import services as patient_services
from patients.models import Capture, Patient, Purpose
from tests.browser.site import LONG_HISTORY, Site
from tests.inference import photos
from tests.inference.factories import make_reading
from tests.patients.factories import make_check_in

SHARES = {"sad": 0.62, "neutral": 0.24, "fear": 0.09, "angry": 0.03, "happy": 0.01, "surprise": 0.005}
REGIONS = {"mouth": 0.34, "brows": 0.22, "eyes": 0.14, "chin": 0.04}


def explanation(page: Page, site: Site) -> None:
    with site.inside():
        ClinicSettings.objects.update(image_retention_days=14)
        patient = Patient.objects.get(user__email=LONG_HISTORY)
        for purpose in (Purpose.FACIAL_ANALYSIS, Purpose.IMAGE_RETENTION):
            patient_services.grant_consent(patient=patient, purpose=purpose, by=patient)
        check_in = make_check_in(patient)
        capture = Capture(clinic_id=patient.clinic_id, check_in=check_in, image=photos.selfie())
        keys.create(capture.sealed_under(), under=patient.sealed_under())
        capture.save(force_insert=True)
        patient_services.finish_capture(capture=capture, clean_image=photos.selfie())
        reading = make_reading(patient, check_in=check_in, disgust=0.005, **SHARES)
        rows, columns = np.mgrid[:48, :48]
        around_the_mouth = np.exp(-(((rows - 38) / 5) ** 2) - ((columns - 24) / 10) ** 2)
        Explanation(
            clinic_id=patient.clinic_id,
            reading=reading,
            capture=capture,
            patient=patient,
            method=Explanation.Method.LIME,
            state=Explanation.State.READY,
            picture=overlay(np.full((48, 48), 150, dtype=np.uint8), around_the_mouth),
            figures={"regions": REGIONS, "deletion": 0.19, "insertion": 0.84},
        ).save(force_insert=True)
    page.goto(f"/c/north/readings/{reading.pk}/explanation/")
    expect(page.get_by_text("around the mouth and the brows")).to_be_visible()
