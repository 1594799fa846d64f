// A structure and a protocol of the server, served to a real client, and a case of its behaviour.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { type Addition, assertIncludes, load } from "./addition.ts";

export const structure: Addition = {
  what: "server structure",
  file: {
    path: "services/server/structures/lonely.ts",
    text: `// One event loop that shares its port with nobody.

import { startEventLoop } from "./event-loop.ts";
import type { Structure } from "./structure.ts";

export const lonely: Structure = {
  start: (config, newLane) => startEventLoop(config, newLane(), { reusePort: false }),
};
`,
  },
  line: {
    in: "services/server/structures/table.ts",
    import: 'import { lonely } from "./lonely.ts";',
    after: "export const STRUCTURES = {",
    text: " lonely,",
  },
  async works(root) {
    const answer = await answerOf(root, "GET /LICENSE HTTP/1.0\r\n\r\n", "--structure", "lonely", "--root", root);
    assertIncludes(answer, "HTTP/1.1 200 OK");
    assertIncludes(answer, "MIT License");
  },
};

export const protocol: Addition = {
  what: "server protocol",
  file: {
    path: "services/server/session/shout-session.ts",
    text: `// Echo in capital letters.

import { EchoSession } from "./echo-session.ts";
import type { Sessions } from "./session.ts";

export function shoutSessions(): Sessions {
  return { open: () => new ShoutSession(), close() {} };
}

class ShoutSession extends EchoSession {
  override receive(octets: Buffer, length: number): void {
    super.receive(Buffer.from(octets.toString("latin1", 0, length).toUpperCase(), "latin1"), length);
  }
}
`,
  },
  line: {
    in: "services/server/session/table.ts",
    import: 'import { shoutSessions } from "./shout-session.ts";',
    after: "export const PROTOCOLS = {",
    text: " shout: shoutSessions,",
  },
  works: async (root) => assert.equal(await answerOf(root, "hello", "--protocol", "shout", "--root", root), "HELLO"),
};

export const serverCase: Addition = {
  what: "rule of the server's behaviour, as a case",
  file: {
    path: "services/server/cases/added.cases.md",
    text: `# Added

## A file is served

\`\`\`http
GET /hello.txt HTTP/1.1
Host: a

\`\`\`
\`\`\`answers
200
"hello"
stays
\`\`\`
`,
  },
  async works(root) {
    const { readCases } = await load(root, "services/server/cases/read-cases.ts");
    const { compareAnswers, createFixture, serve } = await load(root, "services/server/cases/run-answers.ts");
    const path = "services/server/cases/added.cases.md";
    const fixture = createFixture(0);
    try {
      const [one, ...others] = readCases(path, await readFile(join(root, path), "utf8"), fixture.substitutes);
      assert.equal(others.length, 0);
      const { sent, closes } = serve(fixture.site, [one.input], one.inputEnds);
      compareAnswers(one, sent, closes);
    } finally {
      fixture.remove();
    }
  },
};

/**
 * The answer of a server of the copy with these options to these octets, after which the client
 * closes its half.
 */
async function answerOf(root: string, octets: string, ...options: string[]): Promise<string> {
  const main = ["services/server/main.ts", "--port", "0", ...options];
  const server = spawn(process.execPath, main, { cwd: root, stdio: ["ignore", "ignore", "pipe"] });
  const ready = Promise.withResolvers<number>();
  const lines: string[] = [];
  createInterface({ input: server.stderr }).on("line", (line) => {
    lines.push(line);
    if (line.startsWith('{"event":"ready"')) ready.resolve(JSON.parse(line).port);
  });
  server.once("close", () => ready.reject(new Error(lines.join("\n"))));
  try {
    const client = connect({ port: await ready.promise, host: "127.0.0.1", allowHalfOpen: true });
    client.end(octets);
    return await text(client);
  } finally {
    server.kill("SIGKILL");
  }
}
