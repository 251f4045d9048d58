"""What the project takes from others: packages pinned by hashes, no network but for weights, no code from data."""

import ast
import re
import shutil
import subprocess

import pytest
from conftest import REPOSITORY
from test_workflow import SNAKEMAKE, Gallery

SOURCES = sorted((REPOSITORY / "scripts").rglob("*.py"))
LOCKS = sorted((REPOSITORY / "workflow" / "envs").glob("*.lock"))
NETWORK = {"aiohttp", "ftplib", "http", "httpx", "pooch", "requests", "socket", "ssl", "urllib", "urllib3"}
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
    assert {"cpu.lock", "cuda.lock", "slurm.lock", "test.lock"} == {path.name for path in LOCKS}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_nothing_is_run_that_was_read(path):
    assert leads_to(names_of(path), EXECUTING) == set()
    text = path.read_text()
    assert not re.search(r"allow_pickle\s*=\s*True|shell\s*=\s*True|trust_remote_code|safe_mode\s*=\s*False", text)


def test_only_the_weights_are_fetched():
    users = {path.stem for path in SOURCES if leads_to(names_of(path), NETWORK)}
    assert users == {"published"}


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_every_package_is_pinned_by_version_and_hash(path):
    entries = re.split(r"\n(?=\S)", path.read_text().strip())
    assert len(entries) > 50
    for entry in entries:
        assert re.match(r"[a-z0-9._-]+(\[[a-z0-9,-]+\])?==\S+ ", entry), entry.splitlines()[0]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry.splitlines()[0]


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
def test_without_a_network_auto_paints_untrained_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    program, chosen = REPOSITORY / "scripts" / "fetch_weights.py", tmp_path / "backbone.json"
    command = [*WITHOUT_NETWORK, SNAKEMAKE[0], str(program), "--folder", str(tmp_path), "--output", str(chosen)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "NOTICE: untrained network" in done.stderr
