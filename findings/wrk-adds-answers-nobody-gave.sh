#!/usr/bin/env bash
# wrk's latencies have samples that nobody measured: it corrects a closed loop for its own pauses.
# Pinned: wrk 4.1.0-3+b2, libluajit-5.1-2 2.1.0~beta3+git20220320+dfsg-4.1+deb12u1 (Debian 12);
#   any Python 3.
# One would guess: wrk reports the latencies it measured. The correction for coordinated omission
#   is wrk2's; wrk has no rate, so no request is ever due and none can be late.
# What happens: wrk takes the mean time between answers, long ones included, as the interval in
#   which requests were due, and adds to each longer answer samples at that spacing. It happens
#   by default and cannot be turned off; the change log mentions it, the output does not.
# Seen 2026-11-28, one connection, answers after 5 ms but every fiftieth after 500 ms:
#   599 requests and 937 samples, mean 96 ms though 59 answers came a second, p90 365 ms. The
#   mean times the requests is 58 s of waiting, on one connection in 10 s.
# Why it matters: latency and rate no longer fit Little's law, and the percentiles do not compare
#   with those of ab, autocannon or one's own client: one answer in fifty is slow, not one in four.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download wrk=4.1.0-3+b2 \
  libluajit-5.1-2=2.1.0~beta3+git20220320+dfsg-4.1+deb12u1 || exit 2
for package in ./*.deb; do dpkg-deb -x "$package" root; done
library=$(dirname "$(find "$work/root" -name 'libluajit-5.1.so.2')")

# Serves one connection at a time.
cat > server.py << 'PROGRAM'
import socket
import time

listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
answered = 0
while True:
    connection, _ = listener.accept()
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        while connection.recv(65536):
            answered += 1
            time.sleep(0.5 if answered % 50 == 0 else 0.005)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")
    except ConnectionError:
        connection.close()
PROGRAM

python3 server.py > port.txt &
server=$!
trap 'kill "$server"; rm -rf "$work"' EXIT
until [[ -s port.txt ]]; do
  kill -0 "$server" || exit 2
  sleep 0.05
done

# Prints how often the latencies fit into the run, and the samples that wrk has of them.
cat > report.lua << 'PROGRAM'
function done(summary, latency)
  local samples = 0
  for i = 1, #latency do
    local _, count = latency(i)
    samples = samples + count
  end
  local seconds = summary.duration / 1e6
  local waited = latency.mean * summary.requests / 1e6
  local p90 = latency:percentile(90) / 1e3
  print(string.format("%d requests, %d samples", summary.requests, samples))
  print(string.format("mean times requests: %.1f s of waiting in %.1f s", waited, seconds))
  print(string.format("p90: %.1f ms; 49 of 50 answers come after 5 ms", p90))
  local added = samples > 1.2 * summary.requests
  if added and waited > 2 * seconds and p90 > 100 then print("as stated") end
end
PROGRAM
LD_LIBRARY_PATH="$library" root/usr/bin/wrk -t1 -c1 -d10s --latency -s report.lua \
  "http://127.0.0.1:$(< port.txt)/" | tee seen.txt
grep -q '^as stated$' seen.txt
