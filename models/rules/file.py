"""Words of files (features.md row 50)."""

from enum import Enum


class FileKind(str, Enum):
    """What a File holds."""

    PHOTO = "PHOTO"
    SHEET = "SHEET"


class FileVariant(str, Enum):
    """Which bytes of a File a link serves."""

    ORIGINAL = "original"
    THUMBNAIL = "thumbnail"


class PhotoMoment(str, Enum):
    """When a photo of a WorkOrder was taken."""

    BEFORE = "BEFORE"
    AFTER = "AFTER"


THUMBNAIL_SIDE = 320  # pixels, of the longer side
THUMBNAIL_TYPE = "image/webp"
