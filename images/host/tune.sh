#!/bin/sh
# Changes settings of TCP in a host's network namespace and proves each. Run in the host's tuning
# container, which has NET_ADMIN and may write these files of the kernel (topology/apply/tuning.ts):
#
#   tune.sh [route WORD...] [file ipv4/NAME CONTENT]... [file cubic/NAME CONTENT]...
#
# route: every route through a link gets these words of ip-route(8) and no others; the rest is the
# kernel's default. file: a field of CONTENT that is = stays as it is.
set -eu

fail() {
  echo "$*" >&2
  exit 1
}

tune_routes() {
  ip -4 route show | while read -r subnet via gateway _; do
    [ "$via" = via ] || continue
    ip route replace "$subnet" via "$gateway" "$@"
    shown=$(ip route show exact "$subnet")
    words="$*"
    while [ -n "$words" ]; do
      key=${words%% *}
      words=${words#* }
      value=${words%% *}
      case $words in *" "*) words=${words#* } ;; *) words= ;; esac
      case " $shown " in
        *" $key $value "*) ;;
        *) fail "route to $subnet with $key $value: it did not take" ;;
      esac
    done
  done
}

# The file's fields, each in place of a = of CONTENT.
merged() {
  awk -v content="$2" '{
    count = split(content, wanted, " ")
    for (at = 1; at <= count; at++) printf "%s%s", wanted[at] == "=" ? $at : wanted[at], at < count ? " " : "\n"
  }' "/tuning/$1"
}

tune_file() {
  content=$(merged "$1" "$2")
  echo "$content" >"/tuning/$1" || fail "$1: it cannot be written"
  found=$(tr '\t' ' ' <"/tuning/$1")
  [ "$found" = "$content" ] || fail "$1 is $found, not $content"
}

if [ "${1:-}" = route ]; then
  shift
  routes=
  count=0
  for word in "$@"; do
    [ "$word" = file ] && break
    count=$((count + 1))
    routes="$routes $word"
  done
  # shellcheck disable=SC2086
  tune_routes $routes
  shift "$count"
fi
while [ $# -gt 0 ]; do
  case $1 in
    file) tune_file "$2" "$3"; shift 3 ;;
    *) fail "unknown word: $1" ;;
  esac
done
