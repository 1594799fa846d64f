# Starts Docker's engine without root: as a user, in namespaces of that user's own (rootlesskit).
# Run by root in the engine's root, which keeps the user for the next run.
# Usage: sh rootless.sh
set -e
user=engine
id "$user" >/dev/null 2>&1 || useradd --create-home --shell /bin/sh "$user"
home=$(getent passwd "$user" | cut -d: -f6)
uid=$(id -u "$user")
grep -q "^$user:" /etc/subuid || usermod --add-subuids 100000-165535 --add-subgids 100000-165535 "$user"
runtime=/run/user/$uid
mkdir -p "$runtime"
chown "$user" "$runtime" /mnt
# A machine may keep the device for root alone.
mknod -m 666 /run/tun c 10 200
mount --bind /run/tun /dev/net/tun
# Debian has the script among the engine's examples, in no folder of programs.
script=$(dpkg -L docker.io | grep '/dockerd-rootless\.sh$')
cd "$home"
exec setpriv --reuid "$uid" --regid "$(id -g "$user")" --init-groups \
  env HOME="$home" XDG_RUNTIME_DIR="$runtime" sh "$script" --config-file /mnt/daemon.json
