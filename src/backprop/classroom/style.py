"""One look for every figure of the book: width, type and colours.

Colours are those of Okabe and Ito, which the colour-blind can tell apart; shapes, line styles or
words always say the same thing again. Figures are black on white, and the site's style sheet
turns them light on dark for the dark theme.
"""

from typing import Any

from cycler import cycler
from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

INK = "#1d2733"
GREY = "#8a94a0"
PALE = "#e4e8ed"
BLUE = "#0072b2"  # what flows forward, and what is open
ORANGE = "#d55e00"  # what flows back, and what is wrong
RUST = "#a84800"  # orange for small type, dark enough to read on white
GREEN = "#009e73"
PURPLE = "#aa4499"
YELLOW = "#e69f00"
CLASSES = (BLUE, YELLOW, GREEN, PURPLE)  # for data of up to four classes
MARKERS = ("o", "s", "^", "D")

WIDTH = 6.4  # inches; a still figure has this width, so type has the same size on the page
NARROW = 4.2  # interactive ones and squares have this, which a phone shows without shrinking type
RESOLUTION = 200  # dots an inch: sharp on dense screens

LOOK: dict[str, Any] = {
    "figure.figsize": (WIDTH, 3.2),
    "figure.dpi": RESOLUTION,
    "figure.constrained_layout.use": True,
    "font.size": 11,
    "mathtext.fontset": "cm",
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.titley": 1,  # or each is moved out of the way of ticks that there are not
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.prop_cycle": cycler(color=[BLUE, ORANGE, GREEN, PURPLE, YELLOW]),
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": PALE,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "lines.linewidth": 2,
    "legend.frameon": False,
    "legend.fontsize": 10,
    "hatch.linewidth": 0.5,
}


def plain_decimals(axis: Axis) -> None:
    """Write 0.1, 0.3, 1, 3 along a logarithmic axis that spans a few powers of ten, not powers."""
    axis.set_major_locator(LogLocator(subs=(1, 3)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_locator(NullLocator())
