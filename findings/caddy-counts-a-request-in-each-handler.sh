#!/usr/bin/env bash
# Ten requests are twenty in Caddy's caddy_http_requests_total, and thirty with compression.
# Pinned: caddy 2.6.2-5 with the libraries it depends on (Debian 12); any Python 3; needs user
#   namespaces or root.
# One would guess: the counter "of HTTP(S) requests made" counts each request once, its label
#   "handler" says who answered, as in other servers, and a sum over the labels is the load.
# What happens: each directive that the request passes on its way counts it, here `header`, `encode`
#   and the one that answers. So do the histograms of durations and sizes. A site that is named by
#   its host, not by a port alone, has a single handler, "subroute", for all of it.
# Seen 2026-12-01, ten requests: with header and respond the sum is 20, with header, encode and
#   respond 30, with `root` and `file_server` for respond 40; with the site named
#   http://127.0.0.1:8080 it is 10.
# Why it matters: sum(rate(caddy_http_requests_total)) is a usual panel for the load, and here it
#   grows by half when a study switches compression on, and so do the bytes of the answers.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir partial
touch nothing-installed
apt-get -qq -y --download-only --no-install-recommends -o APT::Sandbox::User=root \
  -o Debug::NoLocking=1 -o Dir::State::status="$work/nothing-installed" \
  -o Dir::Cache::archives="$work" \
  install caddy=2.6.2-5 > /dev/null || exit 2
rm libc6_*.deb
for package in ./*.deb; do dpkg-deb -x "$package" root; done

cat > probe.py << 'PROBE'
import re
import subprocess
import sys
import time
import urllib.request

GLOBAL = "{\n admin 127.0.0.1:2019\n auto_https off\n servers {\n  metrics\n }\n}\n"


def get(port, path):
    return urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5).read().decode()


def measure(site, *directives):
    """The sum over all handlers, and each, after ten requests."""
    with open("Caddyfile", "w") as file:
        file.write(GLOBAL + site + " {\n" + "\n".join(directives) + "\n}\n")
    with open("caddy.log", "w") as log:
        server = subprocess.Popen(["root/usr/bin/caddy", "run"], stdout=log, stderr=log)
    try:
        for _ in range(200):
            if "serving initial configuration" in open("caddy.log").read():
                break
            time.sleep(0.05)
        for _ in range(10):
            get(8080, "/page")
        text = get(2019, "/metrics")
    finally:
        server.terminate()
        server.wait()
    found = re.findall(r'^caddy_http_requests_total\{handler="(\w+)".*\} (\d+)$', text, re.M)
    total = sum(int(count) for _, count in found)
    print(f"{site}: {total} =", " + ".join(f"{count} {handler}" for handler, count in found))
    return total


with open("page", "w") as page:
    page.write("x")
before = ["header X-Study a", "encode gzip"]
plain = measure(":8080", before[0], "respond x")
answer = measure(":8080", *before, "respond x")
page = measure(":8080", *before, "root * .", "file_server")
named = measure("http://127.0.0.1:8080", *before, "respond x")
sys.exit(0 if (plain, answer, page, named) == (20, 30, 40, 10) else 1)
PROBE
unshare --user --map-root-user --net true || exit 2
HOME=$work XDG_CONFIG_HOME=$work XDG_DATA_HOME=$work \
  LD_LIBRARY_PATH=$(dirname "$(find "$work/root" -name libzstd.so.1)") \
  unshare --user --map-root-user --net sh -c 'ip link set lo up && python3 probe.py'
