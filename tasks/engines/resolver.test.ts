import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { chooseResolver } from "./resolver.ts";

const own = (text: string | null) => ({ path: "/etc/resolv.conf", text });
const behind = (text: string | null) => ({ path: "/run/systemd/resolve/resolv.conf", text });

describe("the name servers of an engine", () => {
  it("are the machine's where they answer in another network", () => {
    const text = "search lan\nnameserver 10.0.0.1\noptions ndots:2\n";
    assert.deepEqual(chooseResolver([own(text), behind("nameserver 10.0.0.2\n")]), { text, problem: "" });
  });

  it("are those behind the machine's own where that is at a loopback address", () => {
    const files = [own("nameserver 127.0.0.53\noptions edns0\n"), behind("nameserver 10.0.0.2\nsearch lan\n")];
    assert.deepEqual(chooseResolver(files), { text: "nameserver 10.0.0.2\nsearch lan\n", problem: "" });
  });

  it("are without those that would only be waited for: loopback addresses and IPv6", () => {
    const text = "nameserver ::1\nnameserver fe80::1%eth0\nnameserver 127.0.0.1\nnameserver 10.0.0.1\n";
    assert.equal(chooseResolver([own(text)]).text, "nameserver 10.0.0.1\n");
  });

  it("are said to be missing with what each file has", () => {
    const problem = (...files: Parameters<typeof chooseResolver>[0]) => chooseResolver(files).problem;
    const said = problem(own("nameserver 127.0.0.53\nnameserver ::1\n"), behind(null));
    assert.match(said, /resolv\.conf has only 127\.0\.0\.53 and ::1, \/run\S+ is missing; name an IPv4 server/);
    assert.match(problem(own("# nameserver 10.0.0.1\n")), /has no server;/);
  });
});
