"""Messages to patients and to those they trust; connected to the outbox in moodvision/pipeline.py."""
