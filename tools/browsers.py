"""Where a Chromium or Chrome lies that prints the book, tests its pages and measures them."""

import shutil

BROWSERS = (
    *("chromium", "chromium-browser", "google-chrome", "chrome"),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",  # not on the PATH of macOS
    "C:/Program Files/Google/Chrome/Application/chrome.exe",  # nor on that of Windows
)


def chromium() -> str | None:
    """Return where Chromium or Chrome lies on this machine, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)
