"""The live core beside the servers that its users would pick instead, and beside two bare WebSocket writers.

`python -m tests.benchmarks.live` makes a database (seconds), and then visits every contender in each of several rounds:
it starts the server on one core, connects sockets from the other, and measures. docs/performance.md keeps the table.
"""
