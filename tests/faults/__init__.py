"""The promises under kills and restarts. Small counts; FAULTS=full takes those of limits.md."""

import os

FULL = os.environ.get("FAULTS") == "full"
