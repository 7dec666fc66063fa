# The front door; CMake and its presets do the work.
#
#   make run      install what is needed, build release and start a private instance (courier sandbox) in .run/; as root in /var/tmp/courier-sandbox
#   make test     install what is needed, build dev, run every test
#   make release  build/release, runnable from there
#   make bench    install the servers that Courier is measured against, build release, print the table of benchmarks
#   make check    format, layers, generated documents, clang-tidy (files that changed since they were clean; TIDY_JOBS=N)
#   make format   let clang-format write what `make check` asks for
#   make generated  the documents that are made from declarations (settings, manual pages, completions)
#   make fuzz     every fuzzer for FUZZ_SECONDS (60) each
#   make install  DESTDIR=… PREFIX=/usr/local (every folder on its own: INSTALL_OPTIONS="-DCOURIER_SPOOL_DIR=…", cmake/paths.cmake)
#   make uninstall  DESTDIR=…: removes what the last `make install` put there, and nothing else

PREFIX ?= /usr/local
DESTDIR ?=
INSTALL_OPTIONS ?=
FUZZ_SECONDS ?= 60
# The sandbox of root runs as an unprivileged user, who is often not let into root's folders.
SANDBOX ?= $(if $(filter 0,$(shell id -u)),/var/tmp/courier-sandbox,$(CURDIR)/.run)

.PHONY: all release dev run test bench check format generated install uninstall fuzz clean deps deps-test deps-bench

all: release

deps:
	@scripts/install-deps
deps-test:
	@scripts/install-deps --test
deps-bench:
	@scripts/install-deps --bench

release: deps
	@cmake --preset release >/dev/null
	@cmake --build build/release --target programs

dev: deps
	@cmake --preset dev >/dev/null
	@cmake --build build/dev

run: release
	@build/release/bin/courier sandbox --dir "$(SANDBOX)"

test: deps-test
	@cmake --preset dev >/dev/null
	@cmake --build build/dev
	@scripts/run-tests dev

bench: deps-bench release
	@cmake --build build/release --target bench

check: deps
	@cmake --preset dev >/dev/null
	@cmake --build build/dev --target courier gtest_pch
	@scripts/check

format:
	@scripts/check --format

generated: deps
	@cmake --preset dev >/dev/null
	@cmake --build build/dev --target courier
	@scripts/generate

# --fresh: the folders of an earlier PREFIX or INSTALL_OPTIONS are forgotten; what is compiled stays.
install: deps
	@cmake --fresh --preset release -B build/install -DCMAKE_INSTALL_PREFIX="$(PREFIX)" $(INSTALL_OPTIONS) >/dev/null
	@cmake --build build/install --target programs
	@DESTDIR="$(DESTDIR)" cmake --install build/install

uninstall:
	@scripts/uninstall build/install/install_manifest.txt "$(DESTDIR)"

fuzz: deps
	@cmake --preset fuzz >/dev/null
	@cmake --build build/fuzz --target fuzzers
	@scripts/fuzz $(FUZZ_SECONDS)

clean:
	rm -rf build
