#!/usr/bin/env bash
# hey's fastest and slowest time to connect are those of whole requests.
# Pinned: hey 0.1.4-2+b4 (Debian 12); any Python 3.
# One would guess: "DNS+dialup: average, fastest, slowest" are three figures of the same times, as
#   in the lines below it; the average lies between the others.
# What happens: the average is that of the look-up and the handshake. The other two are the fastest
#   and the slowest request, server's work and answer included.
# Seen 2026-11-28, loopback, one connection for ten requests, each answered after 100 ms: DNS+dialup
#   0.0003 on average, fastest 0.1003, slowest 0.1121 s, which are the fastest and slowest of
#   the summary. The average counts the nine requests that had no handshake as 0.
# Why it matters: a slow server looks like a path on which handshakes take as long; of the part that
#   depends on the path the report has nothing but an average.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download hey=0.1.4-2+b4 || exit 2
dpkg-deb -x ./*.deb root

# Serves one connection at a time.
cat > server.py << 'PROGRAM'
import socket
import time

listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    connection, _ = listener.accept()
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while connection.recv(65536):
        time.sleep(0.1)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")
PROGRAM
python3 server.py > port.txt &
server=$!
trap 'kill "$server"; rm -rf "$work"' EXIT
until [[ -s port.txt ]]; do
  kill -0 "$server" || exit 2
  sleep 0.05
done

env -u http_proxy -u HTTP_PROXY root/usr/bin/hey -n 10 -c 1 "http://127.0.0.1:$(< port.txt)/" \
  > report.txt || exit 2
grep -E 'Slowest:|Fastest:|DNS\+dialup:|\[200\]' report.txt
awk '/Slowest:/ { slowest = $2 } /Fastest:/ { fastest = $2 } /\[200\]/ { answers = $2 }
  /DNS\+dialup:/ { average = $2 + 0; least = $4; most = $6 }
  END {
    if (answers != 10 || fastest < 0.1) exit 2
    exit average < 0.05 && least == fastest && most == slowest ? 0 : 1
  }' report.txt
