#!/bin/sh
# One segment of the write-ahead log into the archive, whole or not at all: PostgreSQL's archive_command calls it with the
# segment's path and name, again and again until it answers 0. What is there already is never replaced by something else.
set -eu
archive=${BACKUP_FOLDER:-/var/backups/plaudit}/wal
umask 077
if test -e "$archive/$2"; then
    exec cmp -s "$1" "$archive/$2"
fi
cp "$1" "$archive/$2.part"
sync "$archive/$2.part"
mv "$archive/$2.part" "$archive/$2"
sync "$archive"
