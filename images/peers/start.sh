#!/bin/sh
# Starts a peer as PID 1 of its host: writes the site of the seed, puts the host's address into the
# peer's configuration, and becomes the program.
#
#   start.sh PROGRAM WORD...
set -eu

mkdir -p /tmp/peer
printf '%s' "$RTTLAB_PEER_CONFIGURATION" | sed "s/DATA_ADDRESS/$RTTLAB_DATA_ADDRESS/g" >/tmp/peer/configuration
node --input-type=module -e '
  import { writeSite } from "/rttlab/services/server/sample-site/sample-site.ts";
  await writeSite("/tmp/site", Number(process.env.RTTLAB_SITE_SEED));'
exec "$@"
