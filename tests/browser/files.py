"""What can be known of a site from its files: what a page weighs, and where its links lead."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urlsplit

LOADED = re.compile(r'<(?:script|link)\b[^>]*?\b(?:src|href)="([^"]+\.(?:js|css)[^"]*)"')


def weight(site: Path, name: str) -> int:
    """Return the bytes of a page with its scripts and style sheets, and without its pictures."""
    text = (site / name).read_text(encoding="utf-8")
    parts = {(site / name).parent / urlsplit(found).path for found in LOADED.findall(text)}
    return (site / name).stat().st_size + sum(part.stat().st_size for part in parts)


def dead_links(visits: dict[str, dict[str, Any]], site: Path) -> list[str]:
    """Return the links that lead to no file of the site, or to no place on its page."""
    places = {name: {"", *found["ids"]} for name, found in visits.items()}
    dead = []
    for name, found in visits.items():
        inside = [one for one in found["hrefs"] if one.startswith(found["address"])]
        for href in inside:
            page, place = urldefrag(unquote(href.removeprefix(found["address"])))
            page = page or "index.html"
            if not (site / page).is_file() or place not in places.get(page, {""}):
                dead.append(f"{name} leads to {page}#{place}")
    return dead
