#!/bin/sh
# Fills an image's compile cache with programs and all that they import. Asked for help or without
# configuration, each ends once it is compiled; what it loads only with configuration is named, too.
#
#   compile.sh PROGRAM...
set -eu

count() {
  ls -R /rttlab/compiled | wc -l
}

for program in "$@"; do
  before=$(count)
  node "/rttlab/$program" --help </dev/null >/dev/null 2>&1 || true
  if [ "$(count)" -eq "$before" ]; then
    echo "$program: nothing was compiled" >&2
    exit 1
  fi
done
