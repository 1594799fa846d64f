#!/usr/bin/env bash
# `openssl s_time -reuse` makes a full handshake for every connection of TLS 1.3.
# Pinned: openssl and libssl3 3.0.22-1~deb12u2 (Debian 12); any Python 3.
# One would guess: "-reuse" times handshakes that resume a session, and "-new" full ones, as the
#   manual and the line "Now timing with session id reuse." have it.
# What happens: in TLS 1.3 the ticket comes after the handshake, with the first data. s_time does
#   not read before it connects anew, unless it asks for a page with `-www`, so it has no ticket. No
#   message says so: there is "r" for a resumed connection and "*" for a full one in a long line.
#   The rate it gives first is connections by its own CPU time, not by the time on the clock.
# Seen 2026-12-01, one to two seconds each: with -reuse TLS 1.2 has 4,713 resumed handshakes and no
#   full one; TLS 1.3 has none resumed and 1,292 full; TLS 1.3 with -www / 1,948 resumed.
# Why it matters: a study of resumption finds that it saves nothing in TLS 1.3, and much in 1.2: the
#   newer protocol seems the slower one.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download openssl=3.0.22-1~deb12u2 \
  libssl3=3.0.22-1~deb12u2 || exit 2
for package in ./*.deb; do dpkg-deb -x "$package" root; done
library=$(dirname "$(find "$work/root" -name libssl.so.3)")
openssl() { LD_LIBRARY_PATH=$library OPENSSL_CONF=/dev/null root/usr/bin/openssl "$@"; }
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem \
  -out certificate.pem -subj /CN=localhost 2> openssl.log || exit 2
port=$(python3 -c 'import socket
print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')

# Prints the resumed and the full handshakes of a second with this version, in that order.
measure() {
  LD_LIBRARY_PATH=$library OPENSSL_CONF=/dev/null root/usr/bin/openssl s_server \
    -accept "127.0.0.1:$port" -key key.pem -cert certificate.pem "-$1" -www > server.log 2>&1 &
  server=$!
  trap 'kill "$server"; rm -rf "$work"' EXIT
  until grep -q ACCEPT server.log; do
    kill -0 "$server" || exit 2
    sleep 0.05
  done
  openssl s_time -connect "127.0.0.1:$port" -reuse -time 1 "${@:2}" > report.txt 2> client.log
  kill "$server"
  wait "$server" 2> /dev/null || true
  trap 'rm -rf "$work"' EXIT
  grep -q 'connections in' report.txt || exit 2
  tr -cd 'r*\n' < <(grep -E '^[r*]+$' report.txt) > each.txt
  echo "$*: $(tr -cd r < each.txt | wc -c) resumed, $(tr -cd '*' < each.txt | wc -c) full"
}
{
  measure tls1_2
  measure tls1_3
  measure tls1_3 -www /
} > seen.txt
cat seen.txt
awk -F ': |, ' '{ resumed[NR] = $2 + 0; full[NR] = $3 + 0 }
  END {
    older = resumed[1] > 0 && full[1] == 0
    newer = resumed[2] == 0 && full[2] > 0
    with_page = resumed[3] > 0 && full[3] == 0
    exit older && newer && with_page ? 0 : 1
  }' seen.txt
