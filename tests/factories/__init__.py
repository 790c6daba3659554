"""The world that tests live in."""
