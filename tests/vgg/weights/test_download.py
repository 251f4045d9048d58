"""The file that Keras publishes: found, or fetched once, here of a server of this machine."""

import functools
import hashlib
import http.server
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import REPOSITORY
from urllib3.connection import DummyConnection  # which stands in where Python has no ssl module

from stylegrid import files
from stylegrid.errors import WeightsError
from stylegrid.vgg.weights import download as module
from stylegrid.vgg.weights.download import IMAGENET_FILE, fetch_imagenet, find_imagenet

PUBLISHED = bytes(range(256)) * 100


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
    path = tmp_path / "published" / IMAGENET_FILE
    files.write_bytes(path, PUBLISHED)
    monkeypatch.setattr(QuietHandler, "asked", [])
    handler = functools.partial(QuietHandler, directory=str(path.parent))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(module, "IMAGENET_URL", f"http://127.0.0.1:{server.server_port}/{path.name}")
    monkeypatch.setattr(module, "IMAGENET_MD5", hashlib.md5(PUBLISHED).hexdigest())
    yield path
    server.shutdown()
    server.server_close()


def test_published_weights_are_fetched_once(published, tmp_path):
    path = fetch_imagenet(tmp_path / "folder")
    assert (path, path.read_bytes()) == (tmp_path / "folder" / IMAGENET_FILE, PUBLISHED)
    published.unlink()
    assert fetch_imagenet(tmp_path / "folder") == path


def test_many_who_ask_at_once_fetch_once(published, tmp_path, monkeypatch):
    monkeypatch.setattr(QuietHandler, "seconds", 0.3)
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(fetch_imagenet, [tmp_path / "folder"] * 4))
    assert found == {tmp_path / "folder" / IMAGENET_FILE}
    assert len(QuietHandler.asked) == 1


def test_damaged_weights_that_lie_there_are_fetched_again(published, tmp_path):
    folder = tmp_path / "folder"
    files.write_bytes(folder / IMAGENET_FILE, b"half of")
    assert fetch_imagenet(folder).read_bytes() == PUBLISHED


def test_weights_in_keras_own_cache_are_used(published, tmp_path):
    cached = tmp_path / "keras" / "models" / IMAGENET_FILE
    cached.parent.mkdir(parents=True)
    published.rename(cached)
    assert fetch_imagenet(tmp_path / "folder") == cached
    assert QuietHandler.asked == []


def test_weights_in_the_folder_are_found_without_a_network(published, tmp_path):
    assert find_imagenet(tmp_path / "folder") is None
    assert find_imagenet(published.parent) == published
    assert QuietHandler.asked == []


def test_another_file_of_that_name_is_told_with_its_size(published):
    published.write_bytes(b"half of")
    with pytest.raises(WeightsError) as caught:
        find_imagenet(published.parent)
    assert str(caught.value).startswith(f"{published} is there, but isn't the published file (7 bytes); ")
    assert "set weights to imagenet-8bit" in str(caught.value)


def fault(folder):
    """Return the one sentence about weights that can't be fetched, of which nothing is left."""
    before = sorted(folder.glob("[!.]*")) if folder.exists() else []
    with pytest.raises(WeightsError) as caught:
        fetch_imagenet(folder)
    response = getattr(caught.value.__cause__, "response", None)
    if response is not None:  # which pooch leaves open
        response.close()
    told = str(caught.value)
    assert "\n" not in told and "set weights to imagenet-8bit or to a file" in told
    assert sorted(folder.glob("[!.]*")) == before
    return told


def test_a_partial_file_is_never_taken_for_weights_nor_left_behind(published, tmp_path, monkeypatch):
    monkeypatch.setattr(QuietHandler, "cut", 1000)
    told = fault(tmp_path / "folder")
    assert f"no connection, or it broke off; put {IMAGENET_FILE} (MD5 " in told
    assert [path.name for path in (tmp_path / "folder").iterdir()] == [f".{IMAGENET_FILE}.lock"]


def test_damaged_weights_are_not_taken_for_published_ones(published, tmp_path):
    published.write_bytes(b"damaged on its way")
    assert "not the published one" in fault(tmp_path / "folder")


def test_the_server_s_answer_is_told(published, tmp_path):
    published.unlink()
    assert "the server answered 404 (File not found)" in fault(tmp_path / "folder")


def test_a_file_of_another_content_is_told_where_the_network_fails_too(published, tmp_path):
    published.unlink()
    files.write_bytes(tmp_path / "folder" / IMAGENET_FILE, b"half of")
    told = fault(tmp_path / "folder")
    assert told.startswith(f"{tmp_path / 'folder' / IMAGENET_FILE} is there, but isn't the published file (7 bytes)")
    assert "the server answered 404" in told


@pytest.mark.parametrize(
    ("setting", "value", "cause"),
    [
        ("HTTP_PROXY", "http://127.0.0.1:9", "the proxy does not answer"),
        ("HTTP_PROXY", "http://[wrong", "the proxy does not answer, or its address is wrong"),
        ("HTTP_PROXY", "ftp://127.0.0.1:9", "the proxy does not answer, or its address is wrong"),
        (
            "REQUESTS_CA_BUNDLE",
            "/nowhere/ca.pem",
            "the CA bundle that REQUESTS_CA_BUNDLE or PIP_CERT names is not there",
        ),
        (
            "REQUESTS_CA_BUNDLE",
            __file__,
            "the CA bundle that REQUESTS_CA_BUNDLE or PIP_CERT names holds no certificate",
        ),
    ],
)
def test_a_wrong_proxy_or_ca_bundle_is_told_with_what_to_check(published, tmp_path, monkeypatch, setting, value, cause):
    for name in ("NO_PROXY", "no_proxy", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(setting, value)
    if setting == "REQUESTS_CA_BUNDLE":  # only HTTPS asks for it
        monkeypatch.setattr(module, "IMAGENET_URL", module.IMAGENET_URL.replace("http:", "https:"))
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert f"could not be fetched: {cause}" in fault(tmp_path / "folder")


def test_a_server_whose_certificate_is_not_trusted_is_told(published, tmp_path, monkeypatch):
    import requests

    def refuse(*args, **given):
        raise requests.exceptions.SSLError(
            "(Caused by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]"
        )

    monkeypatch.setattr(requests, "get", refuse)
    assert "certificate is not trusted; name your CA bundle in REQUESTS_CA_BUNDLE" in fault(tmp_path / "folder")


def test_a_python_without_ssl_is_told(published, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "IMAGENET_URL", module.IMAGENET_URL.replace("http:", "https:"))
    monkeypatch.setattr("urllib3.connectionpool.HTTPSConnectionPool.ConnectionCls", DummyConnection)
    assert "could not be fetched: this Python has no SSL" in fault(tmp_path / "folder")


@pytest.mark.parametrize("weights", ["imagenet", "imagenet-8bit"])
def test_the_program_ends_with_a_sentence_in_a_python_without_ssl(tmp_path, weights):
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.modules['_ssl'] = None")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    environment |= {"PYTHONPATH": str(tmp_path), "KERAS_HOME": str(tmp_path)}
    environment |= {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": "https://127.0.0.1:9/simple"}
    command = [sys.executable, str(REPOSITORY / "scripts" / "fetch_weights.py"), "--weights", weights]
    command += ["--folder", str(tmp_path / "folder")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith("error: ") and "this Python has no SSL; use one that has" in done.stderr


def test_nobody_at_the_other_end_is_told(published, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "IMAGENET_URL", "http://127.0.0.1:9/file")  # the discard port: nobody answers
    assert "could not be fetched: no connection" in fault(tmp_path / "folder")


def test_a_folder_that_cannot_be_made_is_told(published, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    assert f"could not be fetched: {os.strerror(20)}" in fault(tmp_path / "file" / "folder")
