"""A browser for tests: Debian's Chromium, headless and without a network, driven by Playwright; tests skip where either is missing."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


def executable():
    """Return the path of a Chromium, that in TIMELINE_CHROMIUM first; skip the test where there is none."""
    found = os.environ.get("TIMELINE_CHROMIUM") or next(
        filter(None, map(shutil.which, NAMES)), None
    )
    return found or pytest.skip("no Chromium here; apt install chromium-headless-shell")


@contextmanager
def browser() -> Iterator[object]:
    """Yield a browser with an empty profile."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="no Playwright here; pip install 'conflict-timeline[browser]'"
    )
    path = executable()
    with playwright.sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=path, args=list(FLAGS))
        yield chromium
        chromium.close()


@contextmanager
def opened(chromium, url, **options):
    """Yield a page that is ready, and fail afterwards on any error that it reported, or request for anything but itself."""
    context = chromium.new_context(
        offline=True,
        accept_downloads=True,
        **{"viewport": {"width": 1280, "height": 900}} | options,
    )
    page, troubles, requests = context.new_page(), [], []
    page.on(
        "console",
        lambda message: (
            troubles.append(message.text) if message.type in ("error", "warning") else None
        ),
    )
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(url)
    page.wait_for_selector("html[data-ready]", timeout=30_000)
    yield page
    here = url.partition("#")[0]
    context.close()
    assert troubles == []
    assert {one.partition("#")[0] for one in requests if not one.startswith("blob:")} <= {here}
