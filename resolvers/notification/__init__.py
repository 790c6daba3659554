"""Notifications: who is told (telling.py), the inbox (inbox.py), how somebody wants to be told (preference.py)."""
