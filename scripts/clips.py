"""Draws the demo's clips, with their sound and covers, and cuts them for HLS: clips.py FFMPEG [NAME ...]

Everything is drawn and played here, out of nothing but figures: the same figures make the same clip. What comes out is
kept beside the program, so that the demo needs no ffmpeg.
"""

import math
import struct
import subprocess
import sys
import tempfile
import wave
from collections.abc import Callable
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw, ImageOps

OUT = Path(__file__).parents[1] / "src" / "plaudit" / "web" / "static" / "demo" / "clips"
WIDTH, HEIGHT, FINER = 640, 360, 2
FRAMES_PER_S, LENGTH_S, SEGMENT_S = 12, 48, 8
SAMPLES_PER_S = 22_050
COVER_AT_S = 40.0

Draw = Callable[[ImageDraw.ImageDraw, float], None]
Point = tuple[float, float]
NOTES = (0, 3, 5, 7, 10, 12, 15)
"""A scale of five notes and its octave, in semitones."""


def ground(top: str, bottom: str) -> Image.Image:
    """A sky that goes from one colour into another."""
    grey = Image.linear_gradient("L").resize((WIDTH * FINER, HEIGHT * FINER))
    return ImageOps.colorize(grey, top, bottom)


def disc(pen: ImageDraw.ImageDraw, x: float, y: float, radius: float, colour: str) -> None:
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)


def ring(pen: ImageDraw.ImageDraw, centre: Point, size: Point, colour: str, width: int, part: Point = (0, 360)) -> None:
    (x, y), (wide, high) = centre, size
    pen.arc((x - wide, y - high, x + wide, y + high), part[0], part[1], fill=colour, width=width)


def strings(pen: ImageDraw.ImageDraw, at_s: float) -> None:
    """Five strings before a moon; each swings when its note is played."""
    disc(pen, 1010, 170, 84, "#f6e3b4")
    for place in range(5):
        y, notes = 300 + place * 76, [one for one in melody(1) if one[1] % 5 == place and one[0] <= at_s]
        since = at_s - notes[-1][0] if notes else 9.0
        reach = 26 * math.exp(-since * 1.6) * math.cos(since * 19)
        line = [(60 + 29 * step, y + reach * math.sin(step / 40 * math.pi)) for step in range(41)]
        pen.line(line, fill="#ffd0a8" if since < 0.5 else "#c98ca7", width=5 - place // 2, joint="curve")


def rain(pen: ImageDraw.ImageDraw, at_s: float) -> None:
    """A town under rain, a window after another lit."""
    random = Random(4)  # noqa: S311 - a drawing
    for house in range(9):
        left, high = house * 146 - 20, random.randint(190, 380)
        pen.rectangle((left, 560 - high, left + 132, 560), fill=random.choice(["#35506b", "#2b4560", "#3f5c75"]))
        for window in range(random.randint(3, 6)):
            x, y = left + 18 + window % 3 * 38, 560 - high + 26 + window // 3 * 64
            lit = random.uniform(0, LENGTH_S) < at_s
            pen.rectangle((x, y, x + 22, y + 34), fill="#ffd27a" if lit else "#223a52")
    pen.rectangle((0, 560, WIDTH * FINER, HEIGHT * FINER), fill="#3d5a70")
    for _ in range(16):
        x, speed, begin = random.uniform(0, 1280), random.uniform(340, 460), random.uniform(0, 2)
        y = (begin + at_s) * speed % 620
        pen.line((x, y, x - 5, y + 30), fill="#a9c3d6", width=3)
    for _ in range(6):
        x, y, age = random.uniform(20, 1260), random.uniform(590, 700), (random.uniform(0, 1.5) + at_s) % 1.5
        ring(pen, (x, y), (age * 46, age * 13), "#7f9db3", 2)


def saturn(pen: ImageDraw.ImageDraw, at_s: float) -> None:
    """Saturn over the roofs; three moons go round it."""
    random = Random(9)  # noqa: S311 - a drawing
    for _ in range(90):
        disc(pen, random.uniform(0, 1280), random.uniform(0, 640), random.choice([1.5, 2, 3]), "#dfe4ff")
    x, y = 640.0, 300.0
    moons = [(x + far * math.cos(at_s / pace), y + far / 4 * math.sin(at_s / pace), math.sin(at_s / pace) > 0, size)
             for far, pace, size in ((360, 7.0, 11), (440, 11.0, 8), (540, 16.0, 13))]  # fmt: skip
    for moon_x, moon_y, before, size in moons:
        if not before:
            disc(pen, moon_x, moon_y, size, "#b9b4c9")
    ring(pen, (x, y), (290, 72), "#d9b98a", 26, (180, 360))
    disc(pen, x, y, 150, "#e8c48c")
    for band, colour in ((-60, "#d8ad76"), (10, "#f2d7a6"), (60, "#d3a46d")):
        half = math.sqrt(150**2 - band**2)
        pen.line((x - half + 4, y + band, x + half - 4, y + band), fill=colour, width=16)
    ring(pen, (x, y), (290, 72), "#e6cba0", 26, (0, 180))
    for moon_x, moon_y, before, size in moons:
        if before:
            disc(pen, moon_x, moon_y, size, "#cfcbe0")
    pen.polygon(
        [(0, 720), (0, 640), (240, 590), (480, 650), (760, 600), (1010, 660), (1280, 610), (1280, 720)], "#0b0a18"
    )


def fjord(pen: ImageDraw.ImageDraw, at_s: float) -> None:
    """The sun goes down behind a fjord, and its light breaks on the water."""
    sun = 150 + at_s / LENGTH_S * 240
    disc(pen, 760, sun, 70, "#ffe9b8")
    pen.polygon([(0, 420), (150, 190), (300, 330), (460, 140), (690, 420)], fill="#5d4b73")
    pen.polygon([(560, 420), (800, 250), (900, 330), (1080, 120), (1280, 340), (1280, 420)], fill="#4a3c63")
    pen.rectangle((0, 420, WIDTH * FINER, HEIGHT * FINER), fill="#3a3558")
    for row in range(13):
        y = 436 + row * 22
        width = 24 + row * 13 + 12 * math.sin(at_s * 1.3 + row * 1.9)
        x = 760 + 16 * math.sin(at_s * 0.9 + row * 0.8)
        pen.line((x - width, y, x + width, y), fill="#f4b98c" if row < 7 else "#b9829a", width=7)


def wheel(pen: ImageDraw.ImageDraw, at_s: float) -> None:
    """A lump of clay on the wheel becomes a mug."""
    done = min(1.0, at_s / (LENGTH_S - 8))
    centre, foot, turn = 640.0, 560.0, at_s * 5.2
    pen.ellipse((330, 530, 950, 650), fill="#6d5a50")
    pen.ellipse((330, 516, 950, 636), fill="#8a7466")
    for mark in range(6):
        angle = turn + mark * math.pi / 3
        disc(pen, centre + 270 * math.cos(angle), 576 + 48 * math.sin(angle), 7, "#6d5a50")
    high = 90 + 210 * done
    side: list[Point] = []
    for step in range(25):
        up = step / 24
        lump = 150 * math.sqrt(max(0.0, 1 - up**2 * 0.98))
        mug = 104 + 12 * math.sin(up * math.pi * 1.1) + 3 * math.sin(turn + up * 9) * (1 - done)
        side.append((lump * (1 - done) + mug * done, foot - up * high))
    pen.polygon([(centre - x, y) for x, y in side] + [(centre + x, y) for x, y in reversed(side)], fill="#c9744f")
    pen.ellipse((centre - side[0][0], foot - 26, centre + side[0][0], foot + 26), fill="#c9744f")
    rim = side[-1][0]
    pen.ellipse((centre - rim, foot - high - 18, centre + rim, foot - high + 18), fill="#e09a73")
    if done > 0.35:
        pen.ellipse((centre - rim + 12, foot - high - 11, centre + rim - 12, foot - high + 13), fill="#7c4029")


CLIPS: dict[str, tuple[Draw, str, str, int]] = {
    "strings": (strings, "#1a1030", "#5a2d52", 1),
    "rain": (rain, "#6d8ca3", "#a9bcc8", 2),
    "saturn": (saturn, "#070816", "#2a2350", 3),
    "fjord": (fjord, "#f08f6e", "#ffd9a0", 4),
    "wheel": (wheel, "#e9dccb", "#c9b39c", 5),
}
"""What is drawn, on which ground, and which tune goes with it."""


def melody(tune: int) -> list[tuple[float, int]]:
    """When which note of the scale is played."""
    random, at_s, place, found = Random(tune), 0.0, 2, []  # noqa: S311 - a tune
    while at_s < LENGTH_S - 3:
        found.append((at_s, place))
        at_s += random.choice([0.5, 0.5, 0.75, 1.0])
        place = max(0, min(len(NOTES) - 1, place + random.choice([-2, -1, 1, 2])))
    return found


def play(tune: int, file: Path) -> None:
    """The tune as a sound that fades like a plucked string."""
    samples = [0.0] * (SAMPLES_PER_S * LENGTH_S)
    for begin_s, place in melody(tune):
        pitch = (150 + 20 * tune) * 2 ** (NOTES[place] / 12) * 2 * math.pi / SAMPLES_PER_S
        first = int(begin_s * SAMPLES_PER_S)
        for number in range(min(2 * SAMPLES_PER_S, len(samples) - first)):
            fading = math.exp(-number / SAMPLES_PER_S * 2.6)
            samples[first + number] += 0.2 * fading * (
                math.sin(pitch * number) + 0.35 * fading * math.sin(2 * pitch * number)
            )  # fmt: skip
    with wave.open(str(file), "wb") as sound:
        sound.setparams((1, 2, SAMPLES_PER_S, len(samples), "NONE", ""))
        sound.writeframes(struct.pack(f"<{len(samples)}h", *(int(max(-1, min(1, one)) * 32_000) for one in samples)))


def picture(draw: Draw, on: Image.Image, at_s: float) -> Image.Image:
    image = on.copy()
    draw(ImageDraw.Draw(image), at_s)
    return image.resize((WIDTH, HEIGHT), Image.Resampling.BOX)


def make(ffmpeg: str, name: str) -> None:
    """One clip: its playlist, its parts and its cover."""
    draw, top, bottom, tune = CLIPS[name]
    folder, on = OUT / name, ground(top, bottom)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    picture(draw, on, COVER_AT_S).save(folder / "cover.webp", quality=78, method=6)
    with tempfile.TemporaryDirectory() as place:
        sound = Path(place) / "sound.wav"
        play(tune, sound)
        command = [
            ffmpeg, "-nostdin", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb24",
            "-video_size", f"{WIDTH}x{HEIGHT}", "-framerate", str(FRAMES_PER_S), "-i", "pipe:0", "-i", str(sound),
            "-c:v", "libx264", "-preset", "veryslow", "-crf", "30", "-pix_fmt", "yuv420p", "-threads", "1",
            "-g", str(FRAMES_PER_S * SEGMENT_S), "-keyint_min", str(FRAMES_PER_S * SEGMENT_S), "-sc_threshold", "0",
            "-c:a", "aac", "-b:a", "24k", "-flags", "+bitexact", "-fflags", "+bitexact", "-map_metadata", "-1",
            "-f", "hls", "-hls_time", str(SEGMENT_S), "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4",
            "-hls_fmp4_init_filename", "init.mp4", "-hls_segment_filename", str(folder / "%d.m4s"),
            str(folder / "index.m3u8"),
        ]  # fmt: skip
        with subprocess.Popen(command, stdin=subprocess.PIPE) as cutting:
            assert cutting.stdin is not None
            for number in range(FRAMES_PER_S * LENGTH_S):
                cutting.stdin.write(picture(draw, on, number / FRAMES_PER_S).tobytes())
            cutting.stdin.close()
        assert cutting.returncode == 0, name
    print(name, sum(file.stat().st_size for file in folder.iterdir()))  # noqa: T201 - how large it became


if __name__ == "__main__":
    for wanted in sys.argv[2:] or CLIPS:
        make(sys.argv[1], wanted)
