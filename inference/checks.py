"""What must hold of the model before MoodVision goes live."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from inference import registry
from inference.engine.errors import ModelPackageError


@register("model", deploy=True)
def model_is_whole(**kwargs: Any) -> list[CheckMessage]:
    """Only with --deploy: training a first model must be possible. Web and worker check at every start."""
    try:
        registry.check_model_opens()
    except ModelPackageError as error:
        hint = (
            "Put the model package back as it was released, or set WEIGHTS_DIR to the folder that holds it."
        )
        return [Error(str(error), hint=hint, id="inference.E001")]
    return []
