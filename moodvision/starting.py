"""What web, worker and beat make sure of before they serve anybody."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from clinics import login_roles, services
from clinics.keys import WrongWrappingKey
from inference import registry
from inference.engine.errors import ModelPackageError


def refuse_to_start_wrongly(*, needs_model: bool = True, reads_photos: bool = False) -> None:
    """Ends the process with one clear line when the login, the wrapping key or the model is a wrong one.
    Who reads photos opens the model as well.

    Looked up in a thread, because a web server loads its application inside its event loop, where Django
    refuses to ask the database.
    """
    with ThreadPoolExecutor(max_workers=1) as pool:
        problem = pool.submit(_problem, needs_model=needs_model, reads_photos=reads_photos).result()
    if problem:
        raise SystemExit(f"MoodVision does not start: {problem}")


def _problem(*, needs_model: bool, reads_photos: bool) -> str:
    try:
        if problem := login_roles.why_unbound():
            return problem
        services.verify_wrapping_key()
        if needs_model:
            registry.active_package()
            registry.check_detector_in_force()
        if reads_photos:
            registry.check_model_opens()
    except (WrongWrappingKey, ModelPackageError) as error:
        return str(error)
    finally:
        connection.close()
    return ""
