"""What four large pictures cost that are moved together, in a real browser."""

import io

import pytest
from browsing import Exhibition
from conftest import draw
from PIL import Image

pytestmark = pytest.mark.browser

FRAMES = 100
SLOWER = 4  # times, than this machine
MOVE = """(frames) => new Promise((resolve) => {
    let count = 0;
    const step = () => {
        pan(count % 40 < 20 ? 4 : -4, count % 40 < 20 ? 3 : -3);
        count += 1;
        if (count < frames) requestAnimationFrame(step); else resolve(lens.x);
    };
    requestAnimationFrame(step);
})"""


@pytest.fixture(scope="module")
def four(tmp_path_factory):
    """A gallery of four pictures of 1024 x 768."""
    made = Exhibition(tmp_path_factory.mktemp("four"))
    for place in range(4):
        buffer = io.BytesIO()
        Image.fromarray(draw(1024, 768, place)).save(buffer, format="PNG")
        job = made.add(made.source("photographs", "bay", (64, 48), (0, 0, 255)), {"night": 1.0}, style_weight=place + 1)
        made.paint(job, buffer.getvalue())
    made.build()
    return "#open=" + "|".join(each.job.name for each in made.combinations), made.page.as_uri()


def busy(session):
    """Return the processor time in seconds that the page's own thread has taken, whatever else the machine does."""
    return {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}["TaskDuration"]


def test_moving_four_pictures_leaves_time_for_fifty_frames_a_second(visit, four):
    state, address = four
    page = visit(state, address=address)
    page.wait_for_function(
        "[...document.querySelectorAll('.pair img:not(.before)')].every((each) => each.naturalWidth)"
    )
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.keyboard.press("z")
    page.evaluate(MOVE, 20)
    before = busy(session)
    assert page.evaluate(MOVE, FRAMES) != 0.5  # they have moved
    assert (busy(session) - before) / FRAMES < 1 / 50
