"""What every journey looks with: the size of a phone, axe, and no tolerance for a page that breaks its own policy."""

import json
from pathlib import Path

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 390, "height": 844}
# how much wider than the screen a page is with text twice as large
TWICE = """(() => {
    const root = document.documentElement;
    root.style.fontSize = "200%";
    const wide = root.scrollWidth - root.clientWidth;
    root.style.fontSize = "";
    return wide;
})()"""


def no_broken_rules(text: str) -> None:
    """Refuses a line of the console that tells of a broken policy."""
    assert "Content Security Policy" not in text, json.dumps(text)
