"""Small text as mixtures of its two colours: what its smooth edges are, in four planes. Pure.

A letter's edges hold dozens of colours, all of them between those of ink and paper. As pixels each is new; as
shares of one colour they are one byte each, and what rounding made of them is nearly always nothing.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from lanassist.node.desktop.base import Pixels

COLOURS: Final = 6
"""Bytes of the two colours, R G B each."""

Numbers = npt.NDArray[np.int32]
Planes = npt.NDArray[np.uint8]
"""Shape (4, height, width): the second colour's share in 255ths, and what is to be added in B, G and R."""


def taken_apart(pixels: Pixels) -> tuple[bytes, Planes]:
    """The two colours, and the planes that make these pixels (height, width, 4) of them, exactly."""
    height, width, _ = pixels.shape
    bgr = pixels[:, :, :3].reshape(-1, 3).astype(np.int32)
    light = bgr.sum(axis=1)
    one, other = bgr[light.argmin()], bgr[light.argmax()]
    span = other - one
    # The share whose mixture is nearest in all three channels together: one alone has been rounded too much.
    square = max(1, int(span @ span))
    shares = ((bgr - one) @ span * 255 + square // 2) // square
    shares = np.minimum(np.maximum(shares, 0), 255)
    planes = np.empty((4, height, width), np.uint8)
    planes[0] = shares.reshape(height, width)
    planes[1:] = (bgr - _mixed(one, other, shares)).T.reshape(3, height, width)
    return bytes((*one[::-1].tolist(), *other[::-1].tolist())), planes


def put_together(colours: bytes, planes: Planes) -> Pixels:
    """The pixels, B G R X."""
    one, other = np.frombuffer(colours, np.uint8).astype(np.int32).reshape(2, 3)[:, ::-1]
    mixed = _mixed(one, other, planes[0].astype(np.int32))
    pixels = np.empty((*planes.shape[1:], 4), np.uint8)
    pixels[:, :, :3] = mixed + planes[1:].transpose(1, 2, 0)
    pixels[:, :, 3] = 0xFF
    return pixels


def _mixed(one: Numbers, other: Numbers, shares: Numbers) -> Numbers:
    """Shape (…, 3); what docs/protocol.md says of BLEND, and the page does too."""
    shares = shares[..., None]
    mixed: Numbers = (one * (255 - shares) + other * shares + 127) // 255
    return mixed
