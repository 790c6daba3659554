"""Skills as pure rules."""

LEVELS = range(1, 4)  # 1: learns it, 2: does it alone, 3: teaches it
MAX_CODE = 20
MAX_NAME = 80
