"""The access log as auditors, privacy officers and patients read it."""
