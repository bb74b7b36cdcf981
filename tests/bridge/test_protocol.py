"""Messages: what is sent is what arrives, and whatever else arrives is refused in words, soon and cheaply."""

from __future__ import annotations

import json
import math
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brushwarp.bridge import protocol
from brushwarp.bridge.errors import ProtocolError, WorkerError
from brushwarp.bridge.protocol import HEADER_LIMIT, PROTOCOL, decode, encode, payload_name
from brushwarp.bridge.request import (
    BASES,
    DEPTHS,
    MAX_ARROWS,
    ORDERS,
    TRANSFERS,
    DeformRequest,
    Part,
    PixelFormat,
    StylePicture,
    StylizeRequest,
)
from brushwarp.bridge.standing import DEVICES, Device, Inquiry, Standing, Stop
from brushwarp.bridge.styles import Thumbnail

sessions = st.text("0123456789abcdef", min_size=16, max_size=16)
jobs = st.integers(1, protocol.MAX_JOB)
texts = st.text(max_size=100)  # any character there is, lone surrogates too
names = st.text(min_size=1, max_size=100)
coordinates = st.floats(-1e7, 1e7)
formats = st.builds(
    PixelFormat, st.sampled_from(sorted(ORDERS)), st.sampled_from(sorted(DEPTHS)), st.sampled_from(TRANSFERS)
)
parts = st.builds(
    lambda left, top, width, height, beyond: Part(left + width + beyond, top + height, left, top, width, height),
    *[st.integers(0, 9000)] * 2, *[st.integers(1, 9000)] * 2, st.integers(0, 900),
)
devices = st.builds(Device, st.sampled_from(DEVICES), texts, st.integers(0, 10**6), *[st.integers(0, 2**53)] * 3)
requests = st.builds(
    StylizeRequest,
    st.integers(1, 20000),
    st.integers(1, 20000),
    names,
    formats,
    strength=st.floats(0, 1),
    brush_scale=st.floats(0.1, 10),
    keep_colors=st.booleans(),
    as_opacity=st.booleans(),
    keypoints=st.lists(st.tuples(coordinates, coordinates, coordinates, coordinates), max_size=20),
    smoothness=st.floats(0, 1e12),
    seed=st.integers(0, 2**63 - 1),
    canvas_short_side=st.none() | st.integers(1, 10**6),
    part=st.none() | parts,
) | st.builds(StylizeRequest, st.integers(1, 20000), st.integers(1, 20000), names, formats, steady=st.text(max_size=64))


@st.composite
def deform_requests(draw) -> DeformRequest:
    base = draw(st.sampled_from(BASES))
    picture = None
    if base != "multimodal":
        picture = draw(st.none() | st.builds(StylePicture, st.integers(1, 20000), st.integers(1, 20000), formats))
    weights = {name: draw(st.floats(0, 1e6)) for name in ("content_weight", "warp_weight", "tv_weight")}
    arrows = draw(st.lists(st.tuples(coordinates, coordinates, coordinates, coordinates), max_size=20))
    return DeformRequest(
        draw(st.integers(1, 20000)), draw(st.integers(1, 20000)), draw(names), draw(formats), keypoints=tuple(arrows), base=base,
        style_picture=picture, unfold=draw(st.booleans()), size=draw(st.integers(64, 2048)), **weights,
    )


@st.composite
def orders(draw) -> protocol.Order:
    session, job = draw(sessions), draw(jobs)
    payloads = {"pixels": payload_name(session, job, "pixels")}
    if draw(st.booleans()):
        payloads["selection"] = payload_name(session, job, "selection")
    if draw(st.booleans()):
        return protocol.Stylize(job, draw(requests), **payloads)
    request = draw(deform_requests())
    if request.style_picture is not None:
        payloads["style"] = payload_name(session, job, "style")
    return protocol.Deform(job, request, **payloads)


@st.composite
def previews(draw) -> Thumbnail:
    width, height = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    return Thumbnail(width, height, draw(st.binary(min_size=3 * width * height, max_size=3 * width * height)))


messages = st.one_of(
    st.builds(protocol.Welcome, st.just(PROTOCOL), texts, sessions, names, st.integers(1, 2**22)),
    st.builds(protocol.Welcome, st.integers(PROTOCOL + 1, 1000), texts),
    orders(),
    st.builds(protocol.Queued, jobs, st.integers(1, 1000)),
    st.builds(protocol.Started, jobs),
    st.builds(
        protocol.Progress, st.integers(0, protocol.MAX_JOB), texts, st.integers(0, 2**53), st.integers(0, 2**53),
        st.none() | st.floats(-1e30, 1e30), st.none() | previews(),
    ),
    st.builds(lambda s, j, r: protocol.Finished(j, payload_name(s, j, "result"), r), sessions, jobs, texts),
    st.builds(protocol.Failure, st.integers(0, protocol.MAX_JOB), names, texts, texts),
    st.builds(protocol.Shutdown),
    st.builds(protocol.Goodbye),
    st.builds(protocol.Busy),
    st.builds(Inquiry, texts),
    st.builds(Standing, st.none() | devices, texts, texts, *[st.integers(0, 10**9)] * 3, *[st.floats(0, 1e9)] * 2),
    st.builds(Stop, st.booleans()),
)


def refused(raw: bytes) -> None:
    """`decode` either refuses `raw` in words, or finds a message in it that it would send itself."""
    try:
        message = decode(raw)
    except WorkerError as error:
        assert error.code in ("protocol", "picture-too-large", "keypoints-too-many")
        assert error.message and len(error.message) < 1000
    else:
        assert decode(encode(message)) == message


@given(messages)
def test_every_message_arrives_as_it_was_sent(message):
    assert decode(encode(message)) == message


@given(st.binary(max_size=3000))
def test_random_bytes_are_refused_in_words(raw):
    refused(raw)


@given(messages, st.data())
def test_a_message_cut_short_is_refused(message, data):
    raw = encode(message)
    with pytest.raises(ProtocolError):
        decode(raw[: data.draw(st.integers(0, len(raw) - 1))])


@given(messages, st.data())
def test_a_message_with_a_wrong_byte_is_refused_or_harmless(message, data):
    raw = bytearray(encode(message))
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    refused(bytes(raw))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=10), inner, max_size=5),
    max_leaves=10,
)


@given(messages, anything, st.data())
def test_a_field_of_another_type_is_refused_or_harmless(message, value, data):
    fields = message.to_json()
    fields[data.draw(st.sampled_from(sorted(fields)))] = value
    refused(json.dumps(fields).encode())


@given(orders(), anything, st.data())
def test_a_wrong_field_inside_a_request_is_refused_or_harmless(message, value, data):
    fields = message.to_json()
    fields["request"][data.draw(st.sampled_from(sorted(fields["request"])))] = value
    refused(json.dumps(fields).encode())


@given(messages, st.text(min_size=1, max_size=10))
def test_a_field_too_many_is_refused(message, name):
    fields = message.to_json()
    if name in fields or fields.get("protocol", PROTOCOL) != PROTOCOL:
        return
    with pytest.raises(ProtocolError):
        decode(json.dumps(dict(fields, **{name: 1})).encode())


@pytest.mark.parametrize(
    "raw",
    [
        b"[" * HEADER_LIMIT,
        b'{"a":' * (HEADER_LIMIT // 5),
        b"9" * HEADER_LIMIT,
        b'{"kind":"queued","job":1,"position":' + b"9" * 500_000 + b"}",
        b"1e" + b"9" * 1000,
        b'"' + b"\\u0000" * 170_000 + b'"',
        b" " * HEADER_LIMIT,
    ],
    ids=["lists", "objects", "digits", "digits in a field", "exponent", "zeros", "blanks"],
)
def test_a_megabyte_of_malice_costs_no_more_than_a_few(raw):
    tracemalloc.start()
    with pytest.raises(ProtocolError):
        decode(raw)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100e6


def test_a_header_over_one_megabyte_is_refused_on_both_ends():
    with pytest.raises(ProtocolError, match="too long"):
        decode(b" " * (HEADER_LIMIT + 1))
    with pytest.raises(ProtocolError, match="too long"):
        encode(protocol.Finished(1, payload_name("0" * 16, 1, "result"), "é" * HEADER_LIMIT))


def test_as_many_arrows_as_are_allowed_fit_the_header():
    arrow = (-1234567.1234567891,) * 4
    order = protocol.Stylize(
        1, StylizeRequest(9, 9, "x", keypoints=(arrow,) * MAX_ARROWS), payload_name("0" * 16, 1, "pixels")
    )
    assert decode(encode(order)) == order


@pytest.mark.parametrize(
    "fields, code, words",
    [
        ({"width": 40000, "height": 40000}, "picture-too-large", ("40000 × 40000 pixels", "Scale the layer down, or crop it")),
        ({"keypoints": ((1.0, 2.0, 3.0, 4.0),) * (MAX_ARROWS + 1)}, "keypoints-too-many", (f"{MAX_ARROWS + 1} arrows", "Delete")),
    ],
)
def test_too_large_a_layer_or_too_many_arrows_are_told_to_the_painter_and_no_reinstallation_is_advised(fields, code, words):
    with pytest.raises(WorkerError) as caught:
        StylizeRequest(**{"width": 9, "height": 9, "style": "x", **fields})
    assert caught.value.code == code
    assert all(word in str(caught.value) for word in words) and "Install" not in str(caught.value)


@pytest.mark.parametrize("place", [(10, 10, 5, 0, 6, 10), (10, 10, 0, 0, 0, 5), (10, 10, -1, 0, 5, 5), (10, 10, 0, 0, 5.0, 5)])
def test_a_part_lies_within_its_layer(place):
    with pytest.raises(ProtocolError):
        Part(*place)
    assert StylizeRequest(9, 9, "x", part=Part(100, 100, 50, 50, 50, 40)).result_size == 50 * 40 * 4


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "0" * 16 + "-1.pixels/..", "/etc/passwd", "", "0" * 16 + "-1.exe", "0" * 16 + "-1.pixels\n"],
)
def test_a_payload_has_no_folder_in_its_name(name):
    with pytest.raises(ProtocolError):
        protocol.Finished(1, name, "{}")


@pytest.mark.parametrize(
    "fields, words",
    [
        ({"width": 0}, "width"),
        ({"width": 2**70}, "width"),
        ({"width": True}, "whole number"),
        ({"width": 4.0}, "whole number"),
        ({"style": ""}, "style is empty"),
        ({"style": "x" * 5000}, "at most 4096"),
        ({"strength": math.nan}, "strength"),
        ({"strength": 1.5}, "strength"),
        ({"brush_scale": 0}, "brush scale"),
        ({"brush_scale": math.inf}, "brush scale"),
        ({"keypoints": [[1, 2, 3]]}, "3 items instead of 4"),
        ({"keypoints": [[1, 2, 3, math.nan]]}, "nan"),
        ({"keypoints": [[1, 2, 3, "4"]]}, "number"),
        ({"keypoints": "1 2 3 4"}, "list"),
        ({"seed": -1}, "seed"),
        ({"canvas_short_side": 0}, "canvas short side"),
        ({"format": "RGBA"}, "PixelFormat"),
        ({"steady": "x" * 65}, "at most 64"),
        ({"steady": "shot", "part": Part(9, 9, 0, 0, 5, 5)}, "not for a part"),
    ],
)
def test_a_request_that_cannot_be_painted_is_refused_where_it_is_made(fields, words):
    good = {"width": 4, "height": 4, "style": "x"}
    with pytest.raises(ProtocolError) as caught:
        StylizeRequest(**{**good, **fields})
    assert words in caught.value.message


@pytest.mark.parametrize(
    "fields", [{"order": "ARGB"}, {"depth": "u32"}, {"transfer": "gamma"}, {"order": None}, {"depth": ["u8"]}]
)
def test_a_pixel_format_that_nobody_has_is_refused(fields):
    with pytest.raises(ProtocolError):
        PixelFormat(**fields)


def test_a_welcome_of_another_protocol_is_understood_as_far_as_needed():
    future = {"kind": "welcome", "protocol": PROTOCOL + 1, "version": "9.0", "moods": ["happy"]}
    assert decode(json.dumps(future).encode()).version == "9.0"
