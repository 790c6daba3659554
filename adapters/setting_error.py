"""What the start says when a setting is wrong."""


class SettingsError(ValueError):
    """A setting is wrong; the text names it and says what to do."""
