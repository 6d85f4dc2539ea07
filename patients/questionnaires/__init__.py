"""Questionnaires as data: the published forms (`definitions/`, locked by `locks.toml`), and their scoring."""
