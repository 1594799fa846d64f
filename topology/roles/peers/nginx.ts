// nginx: processes with an event loop each (https://nginx.org/en/docs/, directives of the core and
// of ngx_http_core_module). One process unless more are asked for, as `event` is.

import { CONFIGURATION, DATA_ADDRESS, type Peer, TIMEOUTS } from "./peer.ts";

export const nginx = {
  protocols: ["http"],
  options: ["workers", "connections", "backlog", "linger-ms", ...TIMEOUTS],
  threads: ({ workers }) => workers || 1,
  command: ["nginx", "-c", CONFIGURATION, "-e", "/dev/stderr"],
  configuration: (settings) => `daemon off;
worker_processes ${settings.workers || 1};
pid /tmp/peer/nginx.pid;
events { worker_connections ${Math.ceil(settings.connections / (settings.workers || 1)) + 16}; }
http {
  access_log off;
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  sendfile on;
  tcp_nopush on;
  tcp_nodelay on;
  open_file_cache max=1000 inactive=60s;
  open_file_cache_valid 1s;
  keepalive_timeout ${settings.idleMillis}ms;
  keepalive_requests 1000000000;
  client_header_timeout ${settings.headMillis}ms;
  client_body_timeout ${settings.contentMillis}ms;
  send_timeout ${settings.writeMillis}ms;
  lingering_timeout ${settings.lingerMillis}ms;
  client_body_temp_path /tmp/peer/body;
  proxy_temp_path /tmp/peer/proxy;
  fastcgi_temp_path /tmp/peer/fastcgi;
  uwsgi_temp_path /tmp/peer/uwsgi;
  scgi_temp_path /tmp/peer/scgi;
  server {
    listen ${DATA_ADDRESS}:${settings.port} backlog=${settings.backlog};
    root ${settings.root};
    index index.html;
  }
}
`,
} satisfies Peer;
