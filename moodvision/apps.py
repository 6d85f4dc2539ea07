from django.apps import AppConfig


class MoodVisionConfig(AppConfig):
    name = "moodvision"

    def ready(self) -> None:
        from moodvision import pipeline

        pipeline.connect()
