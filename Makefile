# Two commands set everything up: `make demo` (try it) and `make test` (check it). See README.md.

SHELL = /bin/sh
PYTHON = python3
BIN = .venv/bin
PORT = 8000
export PORT

.PHONY: demo serve test faults bench lint lock clean new-check
.DEFAULT_GOAL = demo

# $(call install,<requirements file>): nothing happens when it is installed already. The product is
# linked, not copied, so that a change is there at once.
define install
	@tools/install $(PYTHON) $(1)
endef

demo:
	$(call install,base)
	@$(BIN)/sogoc demo

serve:
	$(call install,base)
	@$(BIN)/python -m sogoc.config.serve

test:
	$(call install,dev)
	@tools/debian-packages chromium golang-go:go \
		poppler-utils:pdfsig \
		mupdf-tools:mutool \
		qpdf \
		zbar-tools:zbarimg \
		softhsm2:softhsm2-util \
		xmlsec1 \
		libnss3-tools:certutil \
		nodejs:node \
		npm \
		nginx:/usr/sbin/nginx \
		openssl \
		golang-golang-x-mod-dev:/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog/tile.go
	@tools/node-packages tests/judges/node
	@$(MAKE) --no-print-directory lint
	$(BIN)/pytest -n 2

# Two hundred seeds of each fault test (`make test` runs 25), the result recorded.
faults:
	$(call install,dev)
	SOGOC_FAULT_SEEDS=200 $(BIN)/pytest -n 2 -m fault --junit-xml=build/faults.xml
	$(BIN)/python -m tests.faults.record build/faults.xml

bench:
	$(call install,dev)
	$(BIN)/python -m bench

lint:
	$(call install,dev)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lock:
	$(call install,dev)
	tools/lock

# A new check: its file and its cases, with marks that a test refuses until they are filled in.
# make new-check ID=W-STAMP-MISSING VIOLATION=V19 SCOPE=act AREA=register
new-check:
	$(call install,dev)
	@$(BIN)/python -m sogoc.policy.scaffold "$$(TZ=Asia/Ho_Chi_Minh date +%F)" \
		"$(ID)" "$(VIOLATION)" "$(SCOPE)" "$(AREA)"

# Stops the server and deletes what was built and the demonstration data; refused for real data.
clean:
	@tools/clean
