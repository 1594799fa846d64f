#!/usr/bin/env bash
# httperf sends 20 requests a second and reports 10 when one answer takes three seconds.
# Pinned: httperf 0.9.0-9+b2 (Debian 12); any Python 3.
# One would guess: "Request rate" is what its manual says, the rate at which requests were issued.
#   Requests at a fixed rate do not wait for answers, so it is the --rate that was asked for.
# What happens: "Connection rate" and "Request rate" are numbers over the test-duration, and that
#   ends with the last answer or time-out. The shorter the test, the more it weighs.
# Seen 2026-12-01, 40 requests with --rate 20: with answers at once 20.4 req/s in 1.957 s; with the
#   twentieth answer after 3 s 10.1 req/s in 3.967 s. All 40 reached the server at 20.0 a second.
# Why it matters: plotted against the request rate, a server that stalls once gets a point at half
#   the load. A generator that did not keep up with its rate looks the same.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download httperf=0.9.0-9+b2 || exit 2
dpkg-deb -x ./*.deb root

# Answers at once, but the twentieth request after so many seconds, and says when all 40 were there.
cat > server.py << 'PROGRAM'
import socket
import sys
import threading
import time


def serve(connection, pause):
    connection.recv(65536)
    time.sleep(pause)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx")
    connection.close()


listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
times = []
for number in range(40):
    connection, _ = listener.accept()
    times.append(time.monotonic())
    pause = float(sys.argv[1]) if number == 19 else 0
    threading.Thread(target=serve, args=(connection, pause)).start()
print(f"arrived {39 / (times[-1] - times[0]):.1f}", flush=True)
PROGRAM

for pause in 0 3; do
  python3 server.py "$pause" > "server-$pause.log" &
  server=$!
  trap 'kill "$server"; rm -rf "$work"' EXIT
  until [[ -s "server-$pause.log" ]]; do
    kill -0 "$server" || exit 2
    sleep 0.05
  done
  root/usr/bin/httperf --server 127.0.0.1 --port "$(head -n 1 "server-$pause.log")" --uri / \
    --num-conns 40 --rate 20 > report.txt 2> httperf.log || exit 2
  wait "$server"
  trap 'rm -rf "$work"' EXIT
  grep -q 'requests 40 replies 40 ' report.txt || exit 2
  awk -v pause="$pause" '/^arrived/ { arrived = $2 } /^Request rate/ { rate = $3 }
    /test-duration/ { duration = $(NF - 1) }
    END {
      printf "answer 20 after %d s: arrived %s req/s, reported %s req/s in %s s\n",
        pause, arrived, rate, duration
    }' "server-$pause.log" report.txt
done | tee seen.txt
awk '$7 < 18 || $7 > 23 { exit 2 } NR == 1 && $10 < 18 { exit 1 } NR == 2 && $10 > 12 { exit 1 }' \
  seen.txt
