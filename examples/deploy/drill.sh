#!/bin/sh
# A restore beside the database that runs, into a folder that goes away again: back to a moment (without one, as far as the
# archive goes), a new epoch, and the books proved. Nothing of it reaches the archive, the network or a provider. As root,
# or as the user of PostgreSQL: drill.sh ["2026-12-01 14:05:00+00:00"]
set -eu
programs=${PG:-$(pg_config --bindir 2>/dev/null || ls -d /usr/lib/postgresql/*/bin | tail -n 1)}
as_server=""
if test "$(id -u)" = 0; then as_server="runuser -u ${SERVER_USER:-postgres} --"; fi
scratch=$($as_server mktemp -d "${TMPDIR:-/var/tmp}/plaudit-drill.XXXXXX")
data="$scratch/data"
leave() {
    $as_server "$programs/pg_ctl" --pgdata="$data" --mode=immediate stop >/dev/null 2>&1 || true
    rm -rf "$scratch"
}
trap leave EXIT
began=$(date +%s)
$as_server "$(dirname "$0")/restore.sh" "$data" ${1:+"$1"}
# It must allow for what the primary allowed for.
$as_server "$programs/pg_controldata" "$data" |
    sed -n 's/_xacts\? setting:/_transactions setting:/; s/^\(max_[a-z_]*\) setting: */\1 = /p' |
    sed 's/max_locks_per_transactions/max_locks_per_transaction/' >"$scratch/postgresql.conf"
echo "local all all trust" >"$scratch/pg_hba.conf"
chmod a+r "$scratch/postgresql.conf" "$scratch/pg_hba.conf"
# On the command line, which goes before what the backup brought.
alone="-c config_file=$scratch/postgresql.conf -c hba_file=$scratch/pg_hba.conf -c listen_addresses= -c ssl=off"
alone="$alone -c unix_socket_directories=$scratch -c archive_mode=off -c hot_standby=off -c logging_collector=off"
if ! $as_server "$programs/pg_ctl" --pgdata="$data" --wait --timeout=86400 --log="$scratch/log" --options="$alone" start >/dev/null
then
    tail -n 5 "$scratch/log" >&2
    exit 1
fi
DATABASE_URL="postgresql:///plaudit?host=$scratch&user=${DATABASE_LOGIN:-plaudit_app}" \
    "${PLAUDIT:-/opt/plaudit/bin/plaudit}" restored begin --offline --since "${1:-$(date -u +%Y-%m-%dT%H:%M:%S+00:00)}"
echo "The drill took $(($(date +%s) - began)) s."
