"""The installed Firefox for Playwright, by WebDriver BiDi: also a program to be launched in Firefox's place.

Playwright asks for more than Firefox 153 has: media features (dark, reduced motion) of every page, without which it
gives up, and a name for each download. So the program starts Firefox and relays their messages, with these made good.
Playwright cannot touch there either: while a file says so, its mouse is a finger.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # tests without a browser do without them
    from playwright.sync_api import Browser, Playwright
    from websockets.sync.client import ClientConnection
    from websockets.sync.server import ServerConnection

NAMES = ("firefox-esr", "firefox")
READY = "WebDriver BiDi listening on "
# As Playwright has them in Chromium, and a screen that is touched.
PREFERENCES = {"ui.prefersReducedMotion": 1, "ui.useOverlayScrollbars": 1, "dom.maxtouchpoints.testing.value": 5}
WHOLE = {"max_size": None, "compression": None}  # messages hold screenshots


def find() -> str | None:
    """Return the path of the installed Firefox, if there is one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def launched(playwright: "Playwright", folder: Path) -> Iterator["Browser"]:
    """Launch the installed Firefox; `folder` takes the program that starts it, and what `finger` says to that."""
    program = folder / "firefox"
    program.write_text(f'#!/bin/sh\nexec {shlex.join([sys.executable, __file__, str(_sign(folder))])} "$@"\n')
    program.chmod(0o700)
    running = playwright.firefox.launch(
        channel="moz-firefox", executable_path=program, firefox_user_prefs=PREFERENCES, timeout=180_000
    )
    yield running
    running.close()


def _sign(folder: Path) -> Path:
    return folder / "finger"


@contextmanager
def finger(folder: Path) -> Iterator[None]:
    """Have the mouse of Playwright be a finger."""
    _sign(folder).touch()
    yield
    _sign(folder).unlink()


def ask(message: str, by_finger: bool) -> str:
    """Return what Firefox is told of a message from Playwright."""
    if not by_finger or '"input.performActions"' not in message:
        return message
    return message.replace('"pointerType":"mouse"', '"pointerType":"touch"').replace('"pw_mouse"', '"finger"')


def answer(message: str) -> str:
    """Return what Playwright is told of a message from Firefox."""
    told = json.loads(message)
    if told.get("error") == "unknown command" and "setMediaFeaturesOverride" in told["message"]:
        return json.dumps({"type": "success", "id": told["id"], "result": {}})
    if told.get("method", "").startswith("browsingContext.download"):
        told["params"].setdefault("download", told["params"]["url"])
        return json.dumps(told)
    return message


def relay(playwright: "ServerConnection", address: str, sign: Path) -> None:
    """Hand on the messages of a connection, both ways, until it ends."""
    from websockets.sync.client import connect

    with connect(address, **WHOLE) as firefox:
        threading.Thread(target=_hand_back, args=(firefox, playwright), daemon=True).start()
        for message in playwright:
            firefox.send(ask(message, sign.exists()))


def _hand_back(firefox: "ClientConnection", playwright: "ServerConnection") -> None:
    for message in firefox:
        playwright.send(answer(message))
    playwright.close()


def main(sign: str, *flags: str) -> int:
    """Run Firefox with flags, and say where it is spoken to, as Firefox does."""
    from websockets.sync.server import serve

    firefox = subprocess.Popen([find(), *flags], stderr=subprocess.PIPE, text=True)
    address = next(line.split()[-1] for line in firefox.stderr if READY in line) + "/session"
    threading.Thread(target=firefox.stderr.read, daemon=True).start()  # or it waits for somebody to read on
    with serve(lambda playwright: relay(playwright, address, Path(sign)), "127.0.0.1", 0, **WHOLE) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(f"{READY}ws://127.0.0.1:{server.socket.getsockname()[1]}", file=sys.stderr, flush=True)
        return firefox.wait()


if __name__ == "__main__":
    os._exit(main(*sys.argv[1:]))  # whatever connections are left
