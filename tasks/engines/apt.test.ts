import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { archiveOf, lastingOptions } from "./apt.ts";

describe("this machine's apt", () => {
  it("says where Debian's archive is, which is neither that of security nor of others", () => {
    const targets = "Debian-Security http://mirror/debian-security/\nDebian http://mirror/debian/\nDebian http://b/\n";
    assert.deepEqual(archiveOf(targets), ["http://mirror/debian/"]);
    assert.deepEqual(archiveOf(""), []);
  });

  it("passes on what is needed to reach an archive, and nothing of its own folders", () => {
    const dump = [
      'Acquire::Check-Valid-Until "false";',
      'Acquire::http::Proxy "http://proxy:3142";',
      'Acquire::cdrom::mount "/media/cdrom/";',
      'Acquire::Languages:: "none";',
    ].join("\n");
    assert.equal(
      lastingOptions(dump),
      'Acquire::Check-Valid-Until "false";\nAcquire::http::Proxy "http://proxy:3142";\n',
    );
  });
});
