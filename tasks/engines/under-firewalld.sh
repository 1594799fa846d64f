# Starts Docker's engine where firewalld rules the packets, as on Fedora: the engine finds it on
# D-Bus, and gives it a zone of its own.
# Usage: sh under-firewalld.sh
set -e
mkdir -p /run/dbus
dbus-daemon --system --fork
firewalld --nofork >/mnt/firewalld.log 2>&1 &
for _ in $(seq 300); do
  ! firewall-cmd --state >/dev/null 2>&1 || exec dockerd --config-file /mnt/daemon.json
  sleep 0.1
done
tail -n 5 /mnt/firewalld.log >&2
echo "firewalld did not start within 30 s" >&2
exit 1
