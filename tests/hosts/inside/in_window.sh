#!/bin/bash
# A screen of its own for one host: in_window.sh LOGS SIZE DEADLINE_SECONDS COMMAND...
# Starts Xvfb and openbox, the driver (if BRUSHWARP_TEST_DRIVER names its job), then the command, whose status it returns.
# Just before the deadline it takes a screenshot, so that a test that hangs shows what it was waiting for.
logs=$1 size=$2 deadline=$3
shift 3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
started=()
trap 'kill "${started[@]}" 2>/dev/null' EXIT

# Xvfb looks for a free display by itself, and names it when it is ready.
Xvfb -displayfd 3 -screen 0 "${size}x24" -nolisten tcp 3>"$logs/display" 2>"$logs/xvfb.log" &
started+=($!)
for _ in $(seq 150); do [ -s "$logs/display" ] && break; sleep 0.1; done
[ -s "$logs/display" ] || { echo "Xvfb did not start" >&2; cat "$logs/xvfb.log" >&2; exit 99; }
export DISPLAY=":$(cat "$logs/display")"
for _ in $(seq 100); do xdpyinfo >/dev/null 2>&1 && break; sleep 0.1; done  # openbox dies on a screen that does not answer yet
openbox >"$logs/openbox.log" 2>&1 &
started+=($!)
(sleep "$deadline"; import -window root "$BRUSHWARP_TEST_SCREENSHOTS/when_time_was_up.png") >/dev/null 2>&1 &
started+=($!)
if [ -n "$BRUSHWARP_TEST_DRIVER" ]; then
    python3 "$here/host_job.py" "$BRUSHWARP_TEST_DRIVER" >"$logs/driver.log" 2>&1 &
    started+=($!)
    driver=$!
fi
"$@"
status=$?
[ -z "$driver" ] || wait "$driver"
exit $status
