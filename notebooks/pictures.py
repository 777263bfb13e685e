"""The notebooks' pictures: what they show comes from the steps' code, how it is drawn stands here.

Every public function returns a matplotlib figure, which a notebook shows as the value of a cell.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Patch, Rectangle

INK, GREY, PALE = "#2b2b2b", "#8a857c", "#eeebe4"
GREEN, RED, BLUE = "#3f9d5a", "#cf5c4a", "#3b6fb6"
COLOURS = ["#f6c177", "#9ccfd8", "#c4a7e7", "#a3d9a5", "#eb9a9a", "#8fb8de", "#e8d57a", "#d7b8a3"]
COLOURS += ["#b8c0ff", "#f4b6d2", "#cfcfcf", "#a8c8a0"]
MONO: dict[str, Any] = {"family": "DejaVu Sans Mono"}
WIDTH, ROW = 10.0, 0.3  # inches
CONTROL = {0x0D: "\N{LEFTWARDS ARROW}", 0x0A: "\N{DOWNWARDS ARROW}"}  # CR and LF

Part = tuple[str, int, int]  # a label, and the bytes that it names: from, up to (not included)


# ---- bytes ------------------------------------------------------------------------------------


def hex_dump(data: bytes, parts: Sequence[Part], title: str = "") -> Figure:
    """Draw bytes in rows of sixteen, in hexadecimal and as text, each part in its own colour."""
    colours = colours_of(parts)
    rows = -(-len(data) // 16)
    figure, axes = empty_axes(rows * ROW, title)
    for row in range(rows):
        axes.text(0, row + 0.5, f"{row * 16:04x}", va="center", color=GREY, fontsize=10, **MONO)
    for index, byte in enumerate(data):
        row, column = divmod(index, 16)
        colour = colour_at(index, parts, colours)
        draw_cell(axes, 6 + column * 3 + column // 8, row, 3, f"{byte:02x}", colour)
        draw_cell(axes, 58 + column * 1.6, row, 1.6, visible(byte), colour)
    axes.set(xlim=(0, 84), ylim=(rows, 0))
    add_legend(axes, colours)
    return finish(figure)


def byte_lanes(data: bytes, lanes: dict[str, Sequence[Part]], title: str = "") -> Figure:
    """Draw the same bytes once for each reader, coloured as this reader understands them."""
    colours = colours_of([part for parts in lanes.values() for part in parts])
    figure, axes = empty_axes(len(lanes) * 0.85, title)
    for row, (reader, parts) in enumerate(lanes.items()):
        axes.text(0, row * 2.4 + 0.5, reader, va="center", fontsize=11, color=INK)
        for index, byte in enumerate(data):
            colour = colour_at(index, parts, colours)
            size = min(10.0, 850 / len(data))
            draw_cell(axes, index, row * 2.4 + 1, 1, visible(byte), colour, size)
    axes.set(xlim=(0, len(data)), ylim=(len(lanes) * 2.4, 0))
    add_legend(axes, colours)
    return finish(figure)


def visible(byte: int) -> str:
    """Return a sign for a byte: itself if it is ASCII that can be seen, else a stand-in."""
    return chr(byte) if 0x20 <= byte < 0x7F else CONTROL.get(byte, "·")


def colours_of(parts: Iterable[Part]) -> dict[str, str]:
    labels = dict.fromkeys(label for label, _start, _end in parts)
    return {label: COLOURS[place % len(COLOURS)] for place, label in enumerate(labels)}


def colour_at(index: int, parts: Iterable[Part], colours: dict[str, str]) -> str:
    return next((colours[label] for label, start, end in parts if start <= index < end), "white")


# ---- routes -----------------------------------------------------------------------------------


def route_tree(routes: dict[str, str], taken: str | None = None, title: str = "") -> Figure:
    """Draw paths as a tree of their segments; the way to the path `taken` is green.

    Args:
        routes: a remark for each path, which stands beside its last segment.
        taken: one of the paths.
    """
    places = tree_places(routes)
    rows = 1 + max(row for _column, row in places.values())
    figure, axes = empty_axes(rows * 0.46, title)
    for beginning, (column, row) in places.items():
        above, _, segment = beginning.rpartition("/")
        on_the_way = taken is not None and (taken + "/").startswith(beginning + "/")
        colour, layer = (GREEN, 1) if on_the_way else (GREY, 0)
        if above in places:
            parent, parent_row = places[above]
            way = [(parent + 0.5, parent_row), (parent + 0.5, row), (column, row)]
            axes.plot(*zip(*way, strict=True), color=colour, zorder=layer)
        edge = colour if beginning in routes else PALE
        draw_box(axes, column, row, f"/{segment}", "#d8efdd" if on_the_way else "white", edge)
        place = (column + 1.6, row)
        axes.text(*place, routes.get(beginning, ""), va="center", color=colour, fontsize=10)
    right = max(column for column, _row in places.values()) + 3.2
    axes.set(xlim=(-0.1, max(right, 9)), ylim=(rows - 0.5, -0.5))
    return finish(figure)


def tree_places(paths: Iterable[str]) -> dict[str, tuple[float, float]]:
    """Return column and row for each path and for each beginning of one."""
    places: dict[str, tuple[float, float]] = {}
    for row, path in enumerate(sorted(paths, key=lambda path: path.split("/"))):
        segments = path.split("/")[1:]
        for depth in range(1, len(segments) + 1):
            places.setdefault("/" + "/".join(segments[:depth]), (2.1 * (depth - 1), row))
    return places


def ladder(rows: Sequence[tuple[str, str, str]], title: str = "") -> Figure:
    """Draw lines one below the other: a text, a remark, and the state that colours it.

    The states: "found", "refused", "unasked"; anything else stays white.
    """
    faces = {"found": "#d8efdd", "refused": "#f7dcd7", "unasked": PALE}
    figure, axes = empty_axes(len(rows) * 0.42, title)
    for row, (text, remark, state) in enumerate(rows):
        face = faces.get(state, "white")
        faint = GREY if state == "unasked" else INK
        axes.add_patch(Rectangle((0, row + 0.08), 10, 0.84, facecolor=face, edgecolor="white"))
        axes.text(0.15, row + 0.5, text, va="center", color=faint, fontsize=10.5, **MONO)
        axes.text(9.85, row + 0.5, remark, va="center", ha="right", color=faint, fontsize=10.5)
    axes.set(xlim=(0, 10), ylim=(len(rows), 0))
    return finish(figure)


# ---- classes ----------------------------------------------------------------------------------


def name_tables(tables: dict[str, Sequence[tuple[str, str, str]]], title: str = "") -> Figure:
    """Draw namespaces side by side: under each heading, names with their values.

    A row is a name, a short text for its value, and a kind that colours it: "field", "added",
    "hidden"; anything else stays white.
    """
    faces = {"field": "#fbe3bd", "added": "#d8efdd", "hidden": PALE}
    height = max(map(len, tables.values()))
    figure, axes = empty_axes((height + 1) * 0.42, title)
    width = 10 / len(tables)
    for column, (heading, rows) in enumerate(tables.items()):
        left = column * width
        axes.text(left + 0.05, 0.4, heading, va="center", color=INK, fontsize=10.5, weight="bold")
        for row, (name, text, kind) in enumerate(rows, start=1):
            faint = GREY if kind == "hidden" else INK
            corner, size = (left, row + 0.06), (width - 0.15, 0.88)
            axes.add_patch(Rectangle(corner, *size, facecolor=faces.get(kind, "white"), ec=PALE))
            axes.text(left + 0.1, row + 0.5, name, va="center", color=faint, fontsize=10, **MONO)
            edge = left + width - 0.25
            axes.text(edge, row + 0.5, text, va="center", ha="right", color=GREY, fontsize=9)
    axes.set(xlim=(0, 10), ylim=(height + 1, 0))
    return finish(figure)


# ---- time -------------------------------------------------------------------------------------

Span = tuple[str, float, float]  # a label, and when it began and ended, in seconds


def timeline(lanes: dict[str, Sequence[Span]], title: str = "") -> Figure:
    """Draw what happened when, a lane below the other; equal labels have equal colours."""
    spans = [span for lane in lanes.values() for span in lane]
    began = min(start for _label, start, _end in spans)
    whole = max(end for _label, _start, end in spans) - began
    labels = dict.fromkeys(label for label, _start, _end in sorted(spans, key=lambda span: span[1]))
    colours = {label: COLOURS[place % len(COLOURS)] for place, label in enumerate(labels)}
    figure, axes = plt.subplots(figsize=(WIDTH, 0.36 * len(lanes) + 0.9), dpi=90)
    for row, lane in enumerate(lanes.values()):
        for label, start, end in lane:
            left, width = start - began, max(end - start, 0.0005)
            axes.barh(row, width, 0.8, left, color=colours[label], edgecolor="white")
            text = label if width > 0.012 * len(label) * whole else ""  # only where it has room
            axes.text(left + width / 2, row, text, ha="center", va="center", fontsize=9, color=INK)
    axes.set_yticks(range(len(lanes)), list(lanes), fontsize=9.5)
    axes.set_xlabel("seconds", fontsize=9.5)
    axes.set_title(title, loc="left", fontsize=12, color=INK)
    axes.invert_yaxis()
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(left=False)
    return finish(figure)


def flame(calls: Sequence[tuple[str, int, float, float]], title: str = "") -> Figure:
    """Draw calls as bars, each below its caller: a label, a depth, and when it began and ended."""
    began = min(start for _label, _depth, start, _end in calls)
    whole = max(end for _label, _depth, _start, end in calls) - began
    labels = dict.fromkeys(label for label, _depth, _start, _end in calls)
    colours = {label: COLOURS[place % len(COLOURS)] for place, label in enumerate(labels)}
    deepest = max(depth for _label, depth, _start, _end in calls)
    figure, axes = plt.subplots(figsize=(WIDTH, 0.16 * deepest + 1.4), dpi=90)
    for label, depth, start, end in calls:
        left, width = (start - began) * 1000, max((end - start) * 1000, whole)
        axes.barh(depth, width, 0.9, left, color=colours[label], linewidth=0)
    axes.invert_yaxis()
    axes.set_yticks([])
    axes.set_xlabel("milliseconds", fontsize=9.5)
    axes.set_title(title, loc="left", fontsize=12, color=INK)
    axes.spines[["top", "right", "left"]].set_visible(False)
    handles = [Patch(color=colour, label=label) for label, colour in colours.items()]
    place = {"loc": "upper left", "bbox_to_anchor": (0, -0.14)}
    axes.legend(handles=handles, ncols=7, frameon=False, fontsize=9, handlelength=1.2, **place)
    return finish(figure)


# ---- what all of them use ---------------------------------------------------------------------


def empty_axes(height: float, title: str) -> tuple[Figure, Axes]:
    """Return a figure of the notebooks' width without ticks; `height` is in inches."""
    figure, axes = plt.subplots(figsize=(WIDTH, height + 0.4), dpi=90)
    axes.set_axis_off()
    axes.set_title(title, loc="left", fontsize=12, color=INK)
    return figure, axes


def draw_cell(
    axes: Axes, left: float, row: float, width: float, text: str, colour: str, size: float = 10
) -> None:
    axes.add_patch(Rectangle((left, row + 0.04), width, 0.92, color=colour, linewidth=0))
    place = (left + width / 2, row + 0.52)
    axes.text(*place, text, ha="center", va="center_baseline", color=INK, fontsize=size, **MONO)


def draw_box(axes: Axes, left: float, row: float, text: str, face: str, edge: str) -> None:
    corners = "round,pad=0,rounding_size=0.08"
    axes.add_patch(
        FancyBboxPatch(
            (left, row - 0.34), 1.5, 0.68, corners, facecolor=face, edgecolor=edge, zorder=2
        )
    )
    axes.text(left + 0.75, row, text, ha="center", va="center", color=INK, fontsize=10, **MONO)


def add_legend(axes: Axes, colours: dict[str, str]) -> None:
    handles = [Patch(color=colour, label=label) for label, colour in colours.items()]
    axes.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(0, 0),
        ncols=min(7, len(handles)),
        columnspacing=1.2,
        handlelength=1.2,
        frameon=False,
        fontsize=9.5,
        labelcolor=INK,
    )


def finish(figure: Figure) -> Figure:
    """Take the figure out of pyplot's hands, which would show it a second time."""
    plt.close(figure)
    return figure
