"""Words of files (features.md row 50)."""

from enum import Enum


class FileKind(str, Enum):
    """What a File holds."""

    PHOTO = "PHOTO"
    SHEET = "SHEET"
