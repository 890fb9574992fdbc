# What a developer types. Every target does its own set-up: `make test` works on a bare Debian 12. Presets are in
# CMakePresets.json, packages in tools/setup.sh.
jobs := $(shell nproc)

.PHONY: build test test-slow test-debug test-tsan test-peers compatibility demo bench format format-check check clean
build: configure-release
	@cmake --build --preset release

# A preset that was configured stays so until the presets change; CMake itself looks whether its files have changed.
configure-%:
	@tools/setup.sh build
	@test build/$*/.preset -nt CMakePresets.json || { cmake --preset $* && touch build/$*/.preset; }
	@ln -sfn build/$*/compile_commands.json compile_commands.json

# The fast set. Its last lines are ctest's counts.
test: build
	@ctest --preset release -L fast -j $(jobs)

# One after the other: many of these compute with all cores.
test-slow: build
	@ctest --preset release -L slow

# The fast set under the address and undefined-behaviour sanitizers; then under the thread sanitizer.
test-debug: configure-debug
	@cmake --build --preset debug
	@ctest --preset debug -L fast -j $(jobs)

test-tsan: configure-tsan
	@cmake --build --preset tsan
	@ctest --preset tsan -L fast -j $(jobs)

# Against transformers, tokenizers and PyTorch themselves, where PyPI answers.
test-peers: build
	@tools/setup.sh peers
	@tests/peers/run.sh

# What is compared with which version, and how far it differs: docs/compatibility.md.
compatibility: build
	@tools/setup.sh peers
	@python=$$(tests/peers/venv.sh) && HF_HUB_OFFLINE=1 $$python -B tests/peers/compatibility.py

# RECIPE=parity and RECIPE=countdown: the same job on other tasks.
RECIPE ?= demo
demo: build
	@tools/demo.sh 1 runs/$(RECIPE) $(RECIPE)

bench:
	@tools/setup.sh bench
	@test build/bench/.preset -nt CMakePresets.json || { cmake --preset bench && touch build/bench/.preset; }
	@cmake --build --preset bench
	@for program in build/bench/bench/bench_*; do $$program || exit 1; done

format:
	@tools/setup.sh check
	@tools/format.sh

format-check:
	@tools/setup.sh check
	@tools/format.sh --check

# What the commit hook and CI look at first.
check:
	@tools/setup.sh check
	@tools/check.sh

clean:
	@rm -rf build compile_commands.json
