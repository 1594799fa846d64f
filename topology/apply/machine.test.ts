import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { describe, it } from "node:test";
import { ownPort } from "../../lib/sockets/own-port.ts";
import { busyPorts, parseNameServers, parseRoutes } from "./machine.ts";

describe("what of this machine a testbed could collide with", () => {
  it("routes and their gateways are read from the kernel's table, the default itself left out", () => {
    const table = [
      "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
      "eth0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0",
      "eth0\t0000000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
      "docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0",
      "tun0\t0500A8C0\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0",
      "",
    ].join("\n");
    assert.deepEqual(parseRoutes(table), [
      { subnet: "10.0.0.1/32", interface: "eth0" },
      { subnet: "10.0.0.0/24", interface: "eth0" },
      { subnet: "172.17.0.0/16", interface: "docker0" },
      { subnet: "192.168.0.5/32", interface: "tun0" },
    ]);
  });

  it("name servers are read from resolv.conf, those of IPv6 and comments left out", () => {
    const text = "# nameserver 10.0.0.9\nsearch a.example\nnameserver 10.8.0.1\nnameserver fd00::1\n";
    assert.deepEqual(parseNameServers(text), [{ subnet: "10.8.0.1/32", interface: "" }]);
  });

  it("a port is busy while something listens on it at 127.0.0.1, and free after", async () => {
    const port = await ownPort();
    await using server = createServer().listen(port, "127.0.0.1");
    await once(server, "listening");
    assert.deepEqual(await busyPorts([port]), [port]);
    server.close();
    await once(server, "close");
    assert.deepEqual(await busyPorts([port]), []);
  });

  it("a port at which this user may not listen is busy only if somebody else does", async () => {
    const mayNot = async () => "EACCES";
    const port = await ownPort();
    assert.deepEqual(await busyPorts([port], mayNot), []);
    await using server = createServer().listen(port, "127.0.0.1");
    await once(server, "listening");
    assert.deepEqual(await busyPorts([port], mayNot), [port]);
  });
});
