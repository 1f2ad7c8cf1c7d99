#!/bin/sh
# What `make test` or `make soak` needs of the machine: brings it with apt-get where that may be done, or says in one line
# what is missing. machine.sh test|soak
set -eu

goal=$1
missing=""
better=""
if ! command -v chromium-headless-shell >/dev/null 2>&1; then
    # Any Chromium does; the one without a window takes a third less time.
    if command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1; then
        better="chromium-headless-shell"
    else
        missing="chromium-headless-shell"
    fi
fi
test -x /usr/lib/postgresql/15/bin/postgres || missing="$missing postgresql-15"
command -v nginx >/dev/null 2>&1 || test -x /usr/sbin/nginx || missing="$missing nginx-light"
test -x /usr/sbin/pgbouncer || missing="$missing pgbouncer"
test -x /usr/bin/systemd-analyze || missing="$missing systemd"
test -x /usr/bin/promtool || missing="$missing prometheus"
command -v npm >/dev/null 2>&1 || missing="$missing nodejs npm"
if test "$goal" = soak; then
    test -e /usr/lib/nginx/modules/ngx_rtmp_module.so || missing="$missing libnginx-mod-rtmp"
    command -v ffmpeg >/dev/null 2>&1 || missing="$missing ffmpeg"
fi
test -n "$missing$better" || exit 0

as_root=""
if test "$(id -u)" != 0; then
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then as_root="sudo -n"; else as_root="no"; fi
fi
if test "$as_root" = no || ! command -v apt-get >/dev/null 2>&1; then
    test -n "$missing" || exit 0
    echo "make $goal needs: $missing (Debian: sudo apt-get install $missing)" >&2
    exit 1
fi

log=$(mktemp)
# No cluster of Debian's own: the tests start their own servers.
$as_root mkdir -p /etc/postgresql-common/createcluster.d
echo "create_main_cluster = false" | $as_root tee /etc/postgresql-common/createcluster.d/plaudit.conf >/dev/null
if { $as_root apt-get update && $as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install --yes --no-install-recommends $missing $better; } >"$log" 2>&1; then
    rm -f "$log"
elif test -n "$missing"; then
    echo "make $goal needs: $missing; apt-get could not install it: $(tail -n 1 "$log")" >&2
    exit 1
fi
