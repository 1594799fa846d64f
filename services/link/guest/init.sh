#!/bin/sh
# PID 1 of the guest: a shell that does what the agent writes to the guest's second console, line by
# line, and ends each reply with a line of its own that bears the exit status. Blank lines are
# skipped. It blocks in between; the end of its input ends the guest.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs tmp /tmp
exec </dev/tty1 >/dev/tty1 2>&1
stty raw -echo
status=0
while printf '\n:exit %s\n' "$status"; do
  command=
  while [ -z "$command" ]; do IFS= read -r command || exit; done
  eval "$command"
  status=$?
done
