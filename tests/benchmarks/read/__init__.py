"""The product beside the servers that its users would pick instead, and beside hand-written SQL.

`python -m tests.benchmarks.read` makes the data set (once), starts every contender on it, compares their answers,
and then measures in rounds that take turns. docs/performance.md keeps the table.
"""
