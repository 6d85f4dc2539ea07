"""Tests that need PyTorch: collected by `make test-training`, which installs it and sets the variable."""

import os

collect_ignore_glob = [] if os.environ.get("MOODVISION_TRAINING_TESTS") == "1" else ["test_*.py"]
