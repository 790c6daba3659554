"""The outside world: each port a Protocol with a real implementation and a faithful fake."""
