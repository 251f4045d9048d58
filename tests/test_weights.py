"""Which weights a gallery is painted with: untrained ones, published ones, or a file."""

import functools
import hashlib
import http.server
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from weight_files import save_zeros

from stylegrid import files
from stylegrid.errors import RecordError, WeightsError
from stylegrid.vgg.backbone import choose_backbone, identify_weights, read_backbone
from stylegrid.vgg.published import IMAGENET_FILE, fetch_imagenet
from stylegrid.vgg.untrained import UNTRAINED_FILE, make_untrained
from stylegrid.vgg.weights_file import read_weights
from stylegrid.vgg19 import CONVOLUTIONS


@pytest.fixture(scope="module")
def untrained(weights_file):
    return read_weights(weights_file)


@pytest.mark.parametrize("conv", CONVOLUTIONS, ids=lambda conv: conv.keras_name)
def test_an_untrained_network_is_he_normal(untrained, conv):
    kernel, bias = untrained[conv.keras_name]
    height, width, channels_in, _ = conv.kernel_shape
    assert kernel.std() == pytest.approx((2 / (height * width * channels_in)) ** 0.5, rel=0.05)
    assert abs(kernel.mean()) < 5 * kernel.std() / kernel.size**0.5
    assert not bias.any()


def test_an_untrained_network_is_the_same_every_time(weights_file, tmp_path):
    again = make_untrained(tmp_path / "a" / "again.h5")
    assert files.sha256(again) == files.sha256(weights_file)
    assert [path.name for path in again.parent.iterdir()] == ["again.h5"]


def test_an_untrained_network_that_is_there_is_kept(tmp_path):
    save_zeros(tmp_path / "v.h5")
    before = (tmp_path / "v.h5").stat().st_mtime_ns
    make_untrained(tmp_path / "v.h5")
    assert (tmp_path / "v.h5").stat().st_mtime_ns == before


@pytest.mark.parametrize("damage", [b"", b"already there"])
def test_an_untrained_network_that_is_damaged_is_made_again(tmp_path, damage):
    (tmp_path / "v.h5").write_bytes(damage)
    read_weights(make_untrained(tmp_path / "v.h5"))


def test_a_file_is_chosen_and_identified_by_its_contents(tmp_path):
    path = save_zeros(tmp_path / "a.h5")
    chosen = choose_backbone(str(path), tmp_path)
    assert (chosen.name, chosen.path, chosen.sha256, chosen.notice) == ("file", str(path), files.sha256(path), "")
    assert identify_weights(str(path)) == files.sha256(path)


@pytest.mark.parametrize("word", ["auto", "imagenet", "untrained"])
def test_a_word_identifies_itself_without_a_file(word):
    assert identify_weights(word) == word


def test_an_untrained_network_gives_notice(tmp_path):
    save_zeros(tmp_path / UNTRAINED_FILE)
    assert "untrained network" in choose_backbone("untrained", tmp_path).notice


def test_a_chosen_backbone_is_written_and_read_back(tmp_path):
    backbone = choose_backbone(str(save_zeros(tmp_path / "a.h5")), tmp_path)
    (tmp_path / "backbone.json").write_text(backbone.model_dump_json())
    assert read_backbone(tmp_path / "backbone.json") == backbone


@pytest.mark.parametrize("content", ["", "{}", '{"name": "other", "path": "x", "sha256": "y"}'])
def test_what_names_no_backbone_is_refused(tmp_path, content):
    (tmp_path / "backbone.json").write_text(content)
    with pytest.raises(RecordError, match=r"backbone\.json: does not name a backbone; delete it and run again"):
        read_backbone(tmp_path / "backbone.json")


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    asked: list[str] = []
    seconds = 0.0  # that an answer takes
    cut = 0  # bytes that are missing at its end

    def log_message(self, *args):
        pass

    def do_GET(self):
        self.asked.append(self.path)
        time.sleep(self.seconds)
        super().do_GET()

    def copyfile(self, source, outputfile):
        outputfile.write(source.read()[: -self.cut or None])


@pytest.fixture
def published(tmp_path, monkeypatch):
    """Publish a small file in place of Keras' on a server of this machine; yield its path."""
    (tmp_path / "published").mkdir()
    path = save_zeros(tmp_path / "published" / IMAGENET_FILE)
    monkeypatch.setattr(QuietHandler, "asked", [])
    handler = functools.partial(QuietHandler, directory=str(path.parent))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr("stylegrid.vgg.published.IMAGENET_URL", f"http://127.0.0.1:{server.server_port}/{path.name}")
    monkeypatch.setattr("stylegrid.vgg.published.IMAGENET_MD5", hashlib.md5(path.read_bytes()).hexdigest())
    yield path
    server.shutdown()
    server.server_close()


def test_published_weights_are_fetched_once(published, tmp_path):
    chosen = choose_backbone("auto", tmp_path / "folder")
    assert (chosen.name, chosen.sha256) == ("imagenet", files.sha256(published))
    published.unlink()
    assert choose_backbone("imagenet", tmp_path / "folder") == chosen


def test_many_who_ask_at_once_fetch_once(published, tmp_path, monkeypatch):
    monkeypatch.setattr(QuietHandler, "seconds", 0.3)
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(fetch_imagenet, [tmp_path / "folder"] * 4))
    assert found == {tmp_path / "folder" / IMAGENET_FILE}
    assert len(QuietHandler.asked) == 1


def test_a_partial_file_is_never_taken_for_weights_nor_left_behind(published, tmp_path, monkeypatch):
    monkeypatch.setattr(QuietHandler, "cut", 1000)
    folder = tmp_path / "folder"
    with pytest.raises(WeightsError, match="could not be fetched"):
        fetch_imagenet(folder)
    assert [path.name for path in folder.iterdir()] == [f".{IMAGENET_FILE}.lock"]


def test_damaged_weights_that_lie_there_are_fetched_again(published, tmp_path):
    folder = tmp_path / "folder"
    files.write_bytes(folder / IMAGENET_FILE, b"half of")
    assert choose_backbone("imagenet", folder).sha256 == files.sha256(published)


def test_weights_in_keras_own_cache_are_used(published, tmp_path):
    cached = tmp_path / "keras" / "models" / IMAGENET_FILE
    cached.parent.mkdir(parents=True)
    published.rename(cached)
    assert choose_backbone("imagenet", tmp_path / "folder").path == str(cached)


def test_damaged_weights_are_not_taken_for_published_ones(published, tmp_path):
    published.write_bytes(b"damaged on its way")
    with pytest.raises(WeightsError, match=f"could not be fetched .*: put {IMAGENET_FILE} .* or set weights to"):
        choose_backbone("imagenet", tmp_path / "folder")
    assert not (tmp_path / "folder" / IMAGENET_FILE).exists()


def test_auto_falls_back_to_an_untrained_network(published, tmp_path):
    published.unlink()
    save_zeros(tmp_path / UNTRAINED_FILE)
    assert choose_backbone("auto", tmp_path).name == "untrained"
