"""The codecs that are used, beside those that could be: bytes, processor time and loss on the same pixels."""

import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from statistics import median
from typing import Any, Final

import msgspec
import numpy as np

from benchmarks.screen import pictures
from benchmarks.screen.scenes import video as film_scene
from lanassist.node.desktop.base import Pixels
from lanassist.node.services.glance import video
from lanassist.node.services.glance.codecs import CODECS, JPEG_QUALITY, MOVING_QUALITY, Jpeg
from lanassist.node.services.glance.picture import Codec
from lanassist.node.services.glance.tiles import Frame

FRAMES_EACH_SECOND: Final = 25
TIMES: Final = 7
"""Each still picture is written and read so often; medians."""
FILMS: Final[tuple[tuple[str, str, str, dict[str, str]], ...]] = (
    ("VP8, libvpx", "libvpx", "speed −12, q 16", {"cpu-used": "-12", "qmin": "16", "qmax": "16"}),
    ("VP8, libvpx", "libvpx", "speed −12, q 12", {"cpu-used": "-12", "qmin": "12", "qmax": "12"}),
    ("VP8, libvpx", "libvpx", "speed −16, q 12", {"cpu-used": "-16", "qmin": "12", "qmax": "12"}),
    (
        "VP8, libvpx",
        "libvpx",
        "speed −12, q 12, static 500",
        {"cpu-used": "-12", "qmin": "12", "qmax": "12", "static-thresh": "500"},
    ),
    ("VP8, libvpx", "libvpx", "speed −5, q 12", {"cpu-used": "-5", "qmin": "12", "qmax": "12"}),
    ("VP9, libvpx", "libvpx-vp9", "speed 8, q 20", {"cpu-used": "8", "qmin": "20", "qmax": "20"}),
    ("VP9, libvpx", "libvpx-vp9", "speed 6, q 14", {"cpu-used": "6", "qmin": "14", "qmax": "14"}),
    ("AV1, SVT-AV1", "libsvtav1", "preset 12, crf 28", {"preset": "12", "crf": "28"}),
    ("AV1, SVT-AV1", "libsvtav1", "preset 10, crf 28", {"preset": "10", "crf": "28"}),
    ("H.264, x264", "libx264", "ultrafast, crf 24", {"preset": "ultrafast", "crf": "24"}),
    ("H.264, x264", "libx264", "veryfast, crf 20", {"preset": "veryfast", "crf": "20"}),
)
_REALTIME: Final = {
    "libvpx": {"deadline": "realtime", "lag-in-frames": "0"},
    "libvpx-vp9": {"deadline": "realtime", "lag-in-frames": "0"},
    "libsvtav1": {"svtav1-params": "pred-struct=1:rtc=1:lp=1"},
    "libx264": {"tune": "zerolatency"},
}
"""No frame is held back."""


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """One codec on one kind of content; times are medians of the processor's."""

    content: str
    codec: str
    settings: str
    encode_ms: float
    decode_ms: float
    kilobytes: float
    """Of a still picture; of a film each second."""
    psnr: float | None
    """dB of the picture itself, R G B; None: exact."""


def compared(frames: int) -> Iterator[Compared]:
    """Stills first, then a film of so many frames in every codec that PyAV has here."""
    yield from _stills()
    scene = film_scene()
    film = [scene.step(index, index)[0].picture for index in range(frames)]
    for quality in (JPEG_QUALITY, MOVING_QUALITY):
        jpeg = Jpeg(quality)
        line = _timed("film", "JPEG, simplejpeg", f"quality {quality}", film, jpeg.encode, jpeg.decode)
        yield msgspec.structs.replace(line, kilobytes=line.kilobytes * FRAMES_EACH_SECOND)
    if video.available():
        for title, name, settings, options in FILMS:
            if (found := _filmed(title, name, settings, options, film)) is not None:
                yield found


def _stills() -> Iterator[Compared]:
    text = pictures.to_picture(pictures.page_of_text(1200, 900, seed=3))
    letter = np.ascontiguousarray(pictures.to_picture(_clock())[3:13, 8:17])
    photo = pictures.photograph(1200, 900, seed=4)
    jpeg = Jpeg(JPEG_QUALITY)
    for content, picture, usual in (
        ("page of text", text, (Codec.LOSSLESS,)),
        ("digit, 9×10", letter, (Codec.LOSSLESS, Codec.BLEND)),
        ("photograph", photo, (Codec.LOSSLESS, Codec.GRAIN)),
    ):
        for codec in usual:
            each = CODECS.still[codec]
            yield _timed(content, codec.name, "", [picture] * TIMES, each.encode, each.decode)
        settings = f"quality {JPEG_QUALITY}"
        yield _timed(content, "JPEG", settings, [picture] * TIMES, jpeg.encode, jpeg.decode)


def _clock() -> Any:
    from PIL import Image, ImageDraw

    face = Image.new("RGB", (100, 22), (30, 33, 40))
    ImageDraw.Draw(face).text((8, 2), "09:41:07", font=pictures.font(15), fill=(230, 232, 236))
    return face


def _timed(
    content: str,
    codec: str,
    settings: str,
    shown: Sequence[Pixels],
    encode: Callable[[Frame], bytes],
    decode: Callable[[bytes, int, int], Pixels],
) -> Compared:
    encoding, decoding, sizes, errors = [], [], [], []
    for pixels in shown:
        words = np.ascontiguousarray(pixels).view(np.uint32)[..., 0]
        start = time.process_time()
        payload = encode(words)
        encoding.append(time.process_time() - start)
        start = time.process_time()
        read = decode(payload, words.shape[1], words.shape[0])
        decoding.append(time.process_time() - start)
        sizes.append(len(payload))
        errors.append(_error(read, pixels))
    return _line(content, codec, settings, encoding, decoding, sum(sizes) / len(sizes) / 1e3, errors)


def _filmed(
    title: str, name: str, settings: str, options: dict[str, str], film: Sequence[Pixels]
) -> Compared | None:
    """As video.py encodes, with other settings; None where this PyAV lacks the codec."""
    os.environ.setdefault("SVT_LOG", "1")  # it writes a page to standard error
    import av
    from av.video.reformatter import Interpolation, VideoReformatter

    height, width, _ = film[0].shape
    try:
        encoder: Any = av.CodecContext.create(name, "w")
    except (ValueError, av.FFmpegError):
        return None
    encoder.width, encoder.height, encoder.pix_fmt = width, height, video.PLANES
    encoder.time_base, encoder.gop_size, encoder.thread_count = Fraction(1, FRAMES_EACH_SECOND), 2**30, 1
    if name.startswith("libvpx"):
        encoder.bit_rate = video.UNLIMITED
    encoder.options = {**_REALTIME[name], **options}
    reader = "libdav1d" if name == "libsvtav1" else encoder.codec.canonical_name
    decoder: Any = av.CodecContext.create(reader, "r")
    decoder.thread_count = 1
    to_planes, to_pixels = VideoReformatter(), VideoReformatter()
    encoding, decoding, size, errors = [], [], 0, []
    for number, pixels in enumerate(film):
        source = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="bgra")
        start = time.process_time()
        frame = to_planes.reformat(source, format=video.PLANES, threads=1)
        frame.pts = number
        packets = encoder.encode(frame)
        encoding.append(time.process_time() - start)
        start = time.process_time()
        read = [picture for packet in packets for picture in decoder.decode(av.Packet(bytes(packet)))]
        if read:
            last = to_pixels.reformat(
                read[-1], format="bgra", interpolation=Interpolation.ACCURATE_RND, threads=1
            )
            decoding.append(time.process_time() - start)
            errors.append(_error(last.to_ndarray().astype(np.uint8), pixels))
        size += sum(len(bytes(packet)) for packet in packets)
    if len(errors) < len(film):
        settings += f", {len(film) - len(errors)} held back"
    kilobytes = size / len(film) * FRAMES_EACH_SECOND / 1e3
    return _line("film", title, settings, encoding, decoding, kilobytes, errors)


def _line(
    content: str,
    codec: str,
    settings: str,
    encoding: list[float],
    decoding: list[float],
    kilobytes: float,
    errors: list[float],
) -> Compared:
    error = sum(errors) / max(1, len(errors))
    return Compared(
        content=content,
        codec=codec,
        settings=settings,
        encode_ms=median(encoding) * 1e3,
        decode_ms=median(decoding) * 1e3,
        kilobytes=kilobytes,
        psnr=10 * math.log10(255**2 / error) if error else None,
    )


def _error(shown: Pixels, truth: Pixels) -> float:
    difference = shown[:, :, :3].astype(np.int16) - truth[:, :, :3]
    return float(np.mean(np.square(difference, dtype=np.float64)))
