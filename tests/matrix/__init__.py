"""The matrix of rights: every field, verb and stream of the contract × every account of the world.

Expectations are written by hand: `tests/visible` (who sees which rows), `may` (the roles in words), `field` (what a
field needs beyond its row), `verb` and `stream`. What is not written down fails: nothing is taken from observation.
"""
