"""The tests: per domain in test_NAME.py, the rules of the house in house/, real servers in servers/."""
