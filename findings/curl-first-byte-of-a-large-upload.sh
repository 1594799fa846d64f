#!/usr/bin/env bash
# curl's time to first byte of a POST above 64 KB leaves out the upload and the server's work.
# Pinned: curl and libcurl4 7.88.1-10+deb12u15 (Debian 12); any Python 3.
# One would guess: time_starttransfer is when the answer starts, as for a GET, and the manual says
#   that it includes the server's time. No answer starts before the server has the body.
# What happens: a body that fits into the first write with the header is timed so. A larger one ends
#   the time when curl starts to send it, so the figure equals time_pretransfer, and neither the
#   upload nor the server is in it.
# Seen 2026-11-28, a server that reads the body, works for 0.5 s and answers: time_starttransfer is
#   0.51 s for bodies of 1,000 and 65,000 bytes and 0.01 s for one of 66,000; time_total is 0.5 s
#   or more for all. It makes no difference whether curl sends `Expect: 100-continue`.
# Why it matters: plotted over the size of uploads, the server's work and the path vanish at one
#   step. Only time_total has them, together with the answer's body.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download \
  curl=7.88.1-10+deb12u15 libcurl4=7.88.1-10+deb12u15 || exit 2
for package in ./*.deb; do dpkg-deb -x "$package" root; done
library=$(dirname "$(find "$work/root" -name libcurl.so.4)")

cat > server.py <<'PROGRAM'
import http.server
import time


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(0.5)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
PROGRAM
python3 server.py > port.txt &
server=$!
trap 'kill "$server"; rm -rf "$work"' EXIT
until [[ -s port.txt ]]; do
  kill -0 "$server" || exit 2
  sleep 0.05
done

# Prints the time to first byte of a POST of so many bytes, and the whole time.
post() {
  head -c "$1" /dev/zero > body
  LD_LIBRARY_PATH="$library" root/usr/bin/curl -q --noproxy '*' -s -o answer --data-binary @body \
    -w '%{size_upload} bytes, status %{response_code}: %{time_starttransfer} of %{time_total}\n' \
    "http://127.0.0.1:$(< port.txt)/"
}
for size in 1000 65000 66000 2000000; do post "$size"; done > seen.txt
cat seen.txt
awk '$4 != "200:" || $7 < 0.5 { exit 1 } ($1 < 65536) != ($5 >= 0.5) { exit 1 }' seen.txt
