"""What other people's programs say of our protocols: their own suites and clients, run against the real server."""
