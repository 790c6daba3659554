"""Figures, printed: they depend on the machine, so no test asserts them."""
