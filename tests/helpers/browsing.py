"""A gallery page to be looked at: results that nobody painted, and real browsers.

Place i of 72 has the content loss 1 + 7 i mod 72, the style loss 1000 - i and took 100 + i seconds, so that an order by
either can be worked out by thought. Photographs are blue, no painting is.
"""

import functools
import hashlib
import io
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from pathlib import Path

import firefox as installed_firefox
import pytest
from conftest import Project, make_record
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

import gallery
from stylegrid import files
from stylegrid.plan import plan_files
from stylegrid.plan.job import Combination, Job, Source, StyleSource
from stylegrid.settings import presets
from stylegrid.store.layout import failure_path, picture_path, record_path
from stylegrid.store.record import HistoryEntry, LossRecord, MeasuresRecord, Record, failed, read_record

ARGUMENTS = ("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
MORE_ARGUMENTS = ("--no-sandbox", "--disable-component-update", "--disable-sync")
DESKTOP = {"viewport": {"width": 1360, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
TABLET = {"viewport": {"width": 820, "height": 1180}, "has_touch": True}

CONTENTS = ("bay", "cat", "dog", "tall")
STYLES = {"night": {"night": 1.0}, "wave": {"wave": 1.0}, "night:2 + wave": {"night": 2.0, "wave": 1.0}}
STYLE_FOLDERS = ("night", "wave", "night-2-wave-1")  # their names on disk
WEIGHTS = (10, 30, 100)
PRESETS = ("stylegrid", "gatys2015")
FAILED, MISSING, NOTED = 1, 2, 8
HTML = "<img src=x onerror=\"document.title='hacked'\"><b>bold</b> &amp; </script>"
TITLES = {
    3: HTML,
    4: "\"Double\" and 'single' \\ quotes",
    5: "🐈‍⬛ by 夜",
    6: "قطة في الليل",
    7: "W" * 10_000,
    8: "Attic",
    9: "word " * 2_000,
}
NOTES = {8: "kept in the attic\nsecond line", 9: "many words " * 900, 10: HTML}
FRAMED = "[...document.querySelectorAll('.frame img:not([hidden])')].every((each) => each.naturalWidth)"
HISTORY = tuple(
    HistoryEntry(step=step, scale=48, content=4.0 - step, style=8.0 / 2**step, tv=0.5, total=900.0 / 3**step)
    for step in range(3)
)


def losses_at(place: int) -> LossRecord:
    """Return the losses of a place; the first has none of content."""
    return LossRecord(content=1 + 7 * place % 72, style=1000 - place, tv=0.25, total=1 + 5 * place % 72)


def measures_at(place: int) -> MeasuresRecord | None:
    """Return the measures of a place: no style at 4, and none at all at 5."""
    style = None if place == 4 else 1 - place / 100
    known = MeasuresRecord(style_cosine=style, edges_kept=0.5, colour_distance=7 * place % 72, grain=place, specks=0)
    return None if place == 5 else known


def size_of(content: str) -> tuple[int, int]:
    """Return a photograph's width and height."""
    return (90, 240) if content == "tall" else (240, 180)


def png(size: tuple[int, int], colour: tuple[int, int, int]) -> bytes:
    """Return a picture of one colour."""
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, format="PNG")
    return buffer.getvalue()


class Exhibition:
    """A results folder as the workflow leaves it, but for the painting, and its gallery page."""

    def __init__(self, folder: Path, title: str = "A <b>small</b> gallery"):
        self.project = Project(folder)
        self.results = folder / "results"
        self.title = title
        self.combinations: list[Combination] = []

    @property
    def page(self) -> Path:
        return self.results / "gallery" / "index.html"

    def source(self, folder: str, name: str, size: tuple[int, int], colour: tuple[int, int, int]) -> Source:
        """Return an input picture of one colour."""
        path, contents = self.project.folder / folder / f"{name}.png", png(size, colour)
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(contents)
        return Source(name=name, path=str(path), sha256=hashlib.sha256(contents).hexdigest())

    def add(self, content: Source, styles: dict[str, float], title="", notes="", **settings) -> Job:
        """Add a combination, without a picture."""
        parts = [
            StyleSource(**self.source("paintings", name, (60, 50), (200, 90, 30)).model_dump(), weight=weight)
            for name, weight in styles.items()
        ]
        resolved = presets.resolve({"precision": "float32"}, settings)
        job = Job(
            content=content,
            styles=tuple(parts),
            style="-".join(styles) if len(styles) == 1 else "-".join(f"{n}-{w:g}" for n, w in styles.items()),
            variant=f"sw{resolved.style_weight:g}-{resolved.preset}",
            title=title,
            settings=resolved,
        )
        self.combinations.append(Combination(job, len(self.combinations) + 2, title, notes))
        return job

    def paint(self, job: Job, picture: bytes, **changes) -> None:
        """Leave a job's picture and record, as if it had been painted."""
        path = picture_path(self.results, job)
        files.write_bytes(path, picture)
        with Image.open(path) as image:
            width, height = image.size
        record = make_record(job, picture, width=width, height=height, **changes)
        files.write_text(record_path(path), record.to_json())

    def build(self) -> None:
        """Write down the plan and build the page, by its program."""
        settings = self.project.settings(gallery={"title": self.title})
        plan_files.write_plan(settings, self.combinations, {})
        assert gallery.main(["--results", str(self.results), "--threads", "2"]) in (None, 0)


def hang_all(exhibition: Exhibition) -> Exhibition:
    """Fill an exhibition with its 72 places."""
    places = product(CONTENTS, STYLES, WEIGHTS, PRESETS)
    for place, (content, style, weight, preset) in enumerate(places):
        source = exhibition.source("photographs", content, size_of(content), (0, 0, 255))
        words = {"title": TITLES.get(place, ""), "notes": NOTES.get(place, "")}
        job = exhibition.add(source, STYLES[style], **words, preset=preset, style_weight=weight)
        if place == FAILED:
            path = failure_path(picture_path(exhibition.results, job))
            files.write_text(path, failed(job, "it ran out of memory").to_json())
        elif place != MISSING:
            picture = png(size_of(content), (60 + 2 * place, 200, 0))
            changes = {"losses": losses_at(place), "seconds": 100.0 + place, "history": HISTORY}
            changes |= {"measures": measures_at(place)}
            exhibition.paint(job, picture, **changes, style_by_layer={"block1_conv1": 0.125})
    exhibition.build()
    return exhibition


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def exhibition(tmp_path_factory: pytest.TempPathFactory) -> Exhibition:
    """The 72 places: pictures, one that failed, one that is missing."""
    return hang_all(Exhibition(tmp_path_factory.mktemp("exhibition")))


@pytest.fixture(scope="session")
def server(exhibition: Exhibition) -> Iterator[str]:
    """The address of the exhibition on this machine's own network."""
    handler = functools.partial(_Quiet, directory=str(exhibition.results))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}/gallery/index.html"
        running.shutdown()
        thread.join()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests in Firefox too that are marked so."""
    if metafunc.definition.get_closest_marker("every_browser"):
        metafunc.parametrize("engine", ["chromium", "firefox"])


@pytest.fixture
def engine() -> str:
    """The browser of tests that say nothing else."""
    return "chromium"


@pytest.fixture
def browser(engine: str, request: pytest.FixtureRequest) -> Browser:
    """A browser that all tests share."""
    return request.getfixturevalue(engine)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives browsers."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """One Chromium for all tests."""
    path = _required("chromium", shutil.which("chromium"))
    running = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, *MORE_ARGUMENTS])
    yield running
    running.close()


@pytest.fixture(scope="session")
def firefox_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where Firefox is started from."""
    return tmp_path_factory.mktemp("firefox")


@pytest.fixture(scope="session")
def firefox(playwright: Playwright, firefox_folder: Path) -> Iterator[Browser]:
    """One Firefox for all tests, with a profile of its own."""
    _required("firefox", installed_firefox.find())
    with installed_firefox.launched(playwright, firefox_folder) as running:
        yield running


@pytest.fixture
def finger(firefox_folder: Path) -> Callable[[Page, float, float], None]:
    """What draws a finger from side to side over a page in Firefox, in parts of its width."""

    def draw(page: Page, start: float, end: float) -> None:
        width, height = page.viewport_size["width"], page.viewport_size["height"]
        with installed_firefox.finger(firefox_folder):
            page.mouse.move(start * width, height / 2)
            page.mouse.down()
            page.mouse.move(end * width, height / 2, steps=20)
            page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            page.mouse.up()

    return draw


def _required(name: str, path: str | None) -> str:
    """Return a browser's path; without one tests are skipped, or fail where it is required."""
    if path is None:
        if os.environ.get(f"STYLEGRID_REQUIRE_{name.upper()}") == "1":
            pytest.fail(f"{name} is not installed")
        pytest.skip(f"{name} is not installed")
    return path


@pytest.fixture
def visit(browser: Browser, exhibition: Exhibition) -> Iterator[Callable[..., Page]]:
    """What opens a page, from disk unless an address is given; no request may fail, and nothing be complained of."""
    contexts, faults = [], []

    def watch(page: Page, base: str) -> None:
        page.on("console", lambda message: faults.append(message.text) if message.type != "log" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("requestfailed", lambda request: _note_failure(faults, request))
        page.on("response", lambda response: faults.append(response.url) if response.status >= 400 else None)
        page.on(
            "request", lambda request: None if request.url.startswith((base, "data:")) else faults.append(request.url)
        )

    def go(state: str = "", size=DESKTOP, address: str = "", **options) -> Page:
        address = address or exhibition.page.as_uri()
        context = browser.new_context(**size, reduced_motion="reduce", **options)
        contexts.append(context)
        context.set_default_timeout(60_000)
        page = context.new_page()
        watch(page, address.rsplit("/", 2)[0])
        page.goto(address + state)
        return page

    yield go
    found = list(faults)  # closing a page breaks off what it still loads
    for context in contexts:
        context.close()
    assert found == []


def _note_failure(faults: list[str], request) -> None:
    if request.failure != "net::ERR_ABORTED":  # the page itself has done without: its picture was filtered away
        faults.append(f"{request.url}: {request.failure}")


def names(page: Page, view: str = "grid") -> list[str]:
    """Return the names of the pictures that a view shows, in order."""
    return page.eval_on_selector_all(f"#{view} [data-name]", "all => all.map((each) => each.dataset.name)")


def name_at(place: int) -> str:
    """Return the name of a place, worked out by its number."""
    content, rest = divmod(place, 18)
    style, rest = divmod(rest, 6)
    weight, preset = divmod(rest, 2)
    return f"{CONTENTS[content]}/{STYLE_FOLDERS[style]}/sw{WEIGHTS[weight]}-{PRESETS[preset]}"


def record_at(exhibition: Exhibition, place: int) -> Record:
    """Return the record of a place."""
    return read_record(exhibition.results / "pictures" / f"{name_at(place)}.png.json")
