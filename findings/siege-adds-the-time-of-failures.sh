#!/usr/bin/env bash
# siege has a response time of a second where each answer took none and each error took a second.
# Pinned: siege 4.0.7-1+b1, libssl3 3.0.22-1~deb12u2, zlib1g 1:1.2.13.dfsg-1 (Debian 12); any Python
#   3.
# One would guess: "Response time" is the mean over all requests, by the manual "to respond to each
#   simulated user's requests", so 0.5 s, or the mean of the good ones that it stands beside: 0 s.
# What happens: it is the time of all requests over the number of good ones. An answer of 500 adds
#   its time to the sum but nothing to the number, one of 404 counts as a transaction, and a request
#   whose connection ends without an answer adds neither. "Concurrency" is of the same sum.
# Seen 2026-11-30, one user, six requests, each second one ends after 1 s: with 500 three
#   transactions and 1.02 s, concurrency 0.99; with 404 six and 0.50 s; with a closed connection
#   three and 0.01 s, concurrency 0.01 in 3.03 s.
# Why it matters: how a server fails decides its response time: with nine failures of a second in
#   ten it would be 9 s, which nobody waited, or 0 s.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download siege=4.0.7-1+b1 libssl3=3.0.22-1~deb12u2 \
  zlib1g=1:1.2.13.dfsg-1 || exit 2
for package in ./*.deb; do dpkg-deb -x "$package" root; done
libraries=$work/root/usr/lib/x86_64-linux-gnu:$work/root/lib/x86_64-linux-gnu

cat > server.py << 'PROGRAM'
import socket
import time

listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    connection, _ = listener.accept()
    path = connection.recv(65536).split()[1].decode()[1:]
    if path != "200":
        time.sleep(1)
    if path != "close":
        head = f"HTTP/1.1 {path} Seen\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx"
        connection.sendall(head.encode())
    connection.close()
PROGRAM
python3 server.py > port.txt &
server=$!
trap 'kill "$server"; rm -rf "$work"' EXIT
until [[ -s port.txt ]]; do
  kill -0 "$server" || exit 2
  sleep 0.05
done

for failure in 500 404 close; do
  printf 'http://127.0.0.1:%d/%s\n' "$(< port.txt)" 200 "$(< port.txt)" "$failure" > urls.txt
  HOME=$work LD_LIBRARY_PATH=$libraries root/usr/bin/siege -R /dev/null -b -c 1 -r 6 -f urls.txt \
    > report.txt 2> siege.log || exit 2
  awk -v failure="$failure" '/^Transactions:/ { good = $2 } /^Response time:/ { mean = $3 }
    /^Concurrency:/ { concurrency = $2 } /^Elapsed time:/ { elapsed = $3 }
    END { print failure, good, "transactions", mean, concurrency, elapsed }' report.txt siege.log
done > seen.txt
cat seen.txt
awk '{ seen[$1] = $2; mean[$1] = $4 }
  function near(value, expected) { return value > expected - 0.1 && value < expected + 0.4 }
  END {
    counts = seen["500"] == 3 && seen["404"] == 6 && seen["close"] == 3
    means = near(mean["500"], 1) && near(mean["404"], 0.5) && near(mean["close"], 0)
    exit counts && means ? 0 : 1
  }' seen.txt
