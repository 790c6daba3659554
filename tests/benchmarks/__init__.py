"""Measurements; `make bench` runs them and docs/performance.md keeps the figures."""
