"""Photos and their storage without the product around them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from adapters.storage import LocalStorage, StorageUnavailable
from adapters.storage.photo import clean_photo
from models.errors import ErrorCode, Refusal

if TYPE_CHECKING:
    from pathlib import Path

GPS = b"N30-15-E120-09"
TRAILER = b"<script>alert(1)</script>"


def photo(kind: str = "JPEG", size: tuple[int, int] = (40, 20), **options: Any) -> bytes:
    """A photo of a colour run."""
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def with_gps(kind: str) -> bytes:
    """A photo that says where it was taken, lies on its side, and has foreign bytes behind it."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010E] = GPS.decode()
    exif.get_ifd(0x8825)[1] = "N"
    return photo(kind, exif=exif) + (TRAILER if kind != "WEBP" else b"")


async def test_transparency_and_odd_modes_survive() -> None:
    for mode, kind, kept in (
        ("RGBA", "PNG", "RGBA"),
        ("P", "PNG", "RGB"),
        ("LA", "PNG", "RGBA"),
        ("CMYK", "JPEG", "RGB"),
    ):
        out = io.BytesIO()
        Image.new(mode, (4, 4)).save(out, kind)
        clean = await clean_photo(out.getvalue(), 10_000, 100)
        assert Image.open(io.BytesIO(clean.content)).mode == kept
    out = io.BytesIO()  # the JPEG of a phone with a second picture behind the first
    Image.new("RGB", (4, 4)).save(out, "MPO", save_all=True, append_images=[Image.new("RGB", (2, 2))])
    assert (await clean_photo(out.getvalue(), 10_000, 100)).media_type == "image/jpeg"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_broken_bytes_are_refused_or_cleaned(kind: str) -> None:
    content = photo(kind, (64, 64))
    for n in range(0, len(content), max(1, len(content) // 150)):
        broken = content[:n] + bytes([content[n] ^ 0xFF]) + content[n + 1 :]
        try:
            clean = await clean_photo(broken, 10**6, 10**6)
        except Refusal as refusal:
            assert refusal.code in (ErrorCode.FILE_TYPE_NOT_ALLOWED, ErrorCode.FILE_TOO_LARGE)  # noqa: PT017
        else:
            Image.open(io.BytesIO(clean.content)).load()


async def test_local_storage_keeps_whole_files_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = LocalStorage(tmp_path)
    await storage.put("ab/one", b"1")
    assert await storage.get("ab/one") == b"1"
    with pytest.raises(KeyError):
        await storage.get("ab/two")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StorageUnavailable):
        await storage.put("ab/two", b"2")
    assert [path.name for path in (tmp_path / "ab").iterdir()] == ["one"]
