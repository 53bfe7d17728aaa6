"""A browser without a network: Debian's Chromium, headless, driven by Playwright.

Tests that need it skip where either is missing.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
VIEWPORT = {"width": 1280, "height": 900}


def executable():
    """Return the path of a Chromium, that in TIMELINE_CHROMIUM first; skip where there is none."""
    paths = (os.environ.get("TIMELINE_CHROMIUM"), *map(shutil.which, NAMES))
    path = next(filter(None, paths), None)
    return path or pytest.skip("no Chromium here; apt install chromium-headless-shell")


@contextmanager
def browser() -> Iterator[object]:
    """Yield a browser with an empty profile."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="no Playwright here; pip install 'conflict-timeline[browser]'"
    )
    path = executable()
    with playwright.sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@contextmanager
def opened(chromium, url, **options):
    """Yield a page that is ready; fail if it reports errors or requests anything but itself."""
    options = {"offline": True, "accept_downloads": True, "viewport": VIEWPORT} | options
    context = chromium.new_context(**options)
    page, troubles, requests = context.new_page(), [], []

    def listen(message):
        if message.type in {"error", "warning"}:
            troubles.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(url)
    page.wait_for_selector("html[data-ready]", timeout=30_000)
    yield page
    context.close()
    fetched = {request.partition("#")[0] for request in requests if request[:5] != "blob:"}
    assert troubles == []
    assert fetched <= {url.partition("#")[0]}
