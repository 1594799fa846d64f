// The site over real files: changes on disk are noticed, rules guard everything below them, and the
// cache is bounded.

import assert from "node:assert/strict";
import { once } from "node:events";
import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, it } from "node:test";
import { blankRequest, type Response } from "../http/message.ts";
import { performBlocking } from "../structures/perform-blocking.ts";
import { createSite, type Site, type SiteOptions } from "./site.ts";

const CLIENT = { remoteAddress: "192.0.2.7", localAddress: "192.0.2.1" };
let root: string;
let broken: string[];
let evaluations: number;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "rttlab-site-"));
  broken = [];
  evaluations = 0;
  mkdirSync(join(root, "a/b"), { recursive: true });
  put("a/b/file.txt", "content");
  put("a/index.html", "index");
});
afterEach(() => rmSync(root, { recursive: true }));

it("a file that was read is answered from memory within the interval, and compared again after it", () => {
  const site = create({});
  assert.equal(site.respondNow(get("/a/b/file.txt"), CLIENT, 0), undefined);
  assert.equal(respond(site, "/a/b/file.txt", 0).text, "content");
  put("a/b/file.txt", "changed");
  assert.equal(respond(site, "/a/b/file.txt", 999).text, "content");
  assert.equal(respond(site, "/a/b/file.txt", 1_000).text, "changed");
  rmSync(join(root, "a/b/file.txt"));
  assert.equal(respond(site, "/a/b/file.txt", 2_000).status, 404);
  assert.equal(site.respondNow(get("/a/b/file.txt"), CLIENT, 2_000), undefined);
});

it("an interval of 0 compares at every request", () => {
  const site = create({ revalidateMillis: 0 });
  assert.equal(respond(site, "/a/b/file.txt", 0).text, "content");
  put("a/b/file.txt", "CONTENT");
  assert.equal(respond(site, "/a/b/file.txt", 0).text, "CONTENT");
});

it("a cache of 0 bytes holds nothing and serves all the same", () => {
  const site = create({ bytes: 0 });
  assert.equal(respond(site, "/a/b/file.txt", 0).status, 200);
  assert.equal(site.respondNow(get("/a/b/file.txt"), CLIENT, 0), undefined);
});

it("what is not used makes room for what is", () => {
  const site = create({ bytes: 13_000, fileBytes: 2_000 });
  for (let index = 0; index < 20; index++) put(`a/${index}`, "x".repeat(1_000));
  for (let index = 0; index < 20; index++) {
    respond(site, `/a/${index}`, 0);
    respond(site, "/a/0", 0);
  }
  const held = Array.from({ length: 20 }, (_, index) => site.respondNow(get(`/a/${index}`), CLIENT, 0) !== undefined);
  assert.equal(held.filter(Boolean).length, 4, "four times 2 × 1,000 bytes and what an entry costs");
  assert.ok(held[0], "the one that is asked for again and again stays");
});

it("rules of a directory hold below it, for what is there and what is not, and win over a redirect", () => {
  put(".htaccess", "Order Deny,Allow\nDeny from 192.0.2.7");
  const site = create({});
  for (const target of ["/a/b/file.txt", "/a", "/a/", "/missing", "/"])
    assert.equal(respond(site, target, 0).status, 403, target);
  assert.equal(respond(site, "/a/b/file.txt", 0, { ...CLIENT, remoteAddress: "192.0.2.8" }).status, 200);
});

it("a held file is judged by its rules at each request", () => {
  put("a/.htaccess", "Require ip 192.0.2.8");
  const site = create({});
  const friend = { ...CLIENT, remoteAddress: "192.0.2.8" };
  assert.equal(respond(site, "/a/b/file.txt", 0, friend).status, 200);
  assert.equal(site.respondNow(get("/a/b/file.txt"), CLIENT, 1)?.status, 403);
  assert.equal(site.respondNow(get("/a/b/file.txt"), friend, 1)?.status, 200);
  assert.equal(evaluations, 3);
});

it("rules inside replace those from outside", () => {
  put(".htaccess", "Require all denied");
  put("a/.htaccess", "Require all granted");
  const site = create({});
  assert.equal(respond(site, "/a/b/file.txt", 0).status, 200);
  assert.equal(respond(site, "/", 0).status, 403);
});

it("a broken file gives 500 for all below it and is reported once until it changes", () => {
  put("a/.htaccess", "Order Allow,Deny\nNonsense");
  const site = create({});
  assert.equal(respond(site, "/a/b/file.txt", 0).status, 500);
  assert.equal(respond(site, "/a/", 0).status, 500);
  assert.deepEqual(broken, [`${join(root, "a/.htaccess")}:2 nonsense is not known here`]);
  put("a/.htaccess", "Require all granted");
  assert.equal(respond(site, "/a/b/file.txt", 0).status, 200);
});

it("a held file is shut when its rules become broken", () => {
  const site = create({});
  assert.equal(respond(site, "/a/b/file.txt", 0).status, 200);
  put("a/.htaccess", "Nonsense");
  assert.equal(respond(site, "/a/b/file.txt", 1_000).status, 500);
  assert.equal(respond(site, "/a/b/file.txt", 1_001).status, 500);
});

it("a file of rules that cannot be read gives 403 for all below it, and is reported once until it changes", () => {
  mkdirSync(join(root, "a/.htaccess"));
  symlinkSync(".htaccess", join(root, ".htaccess"));
  const site = create({});
  assert.equal(respond(site, "/a/b/file.txt", 0).status, 403, "the outer one is looked at first");
  assert.deepEqual(broken, [`${join(root, ".htaccess")}:0 cannot be read: ELOOP`]);
  rmSync(join(root, ".htaccess"));
  assert.equal(respond(site, "/a/b/file.txt", 0).status, 403);
  assert.equal(respond(site, "/a/missing", 0).status, 403);
  assert.deepEqual(broken.slice(1), [`${join(root, "a/.htaccess")}:0 is no regular file`]);
  rmSync(join(root, "a/.htaccess"), { recursive: true });
  assert.equal(respond(site, "/a/b/file.txt", 0).status, 200);
});

it("a file of rules may be a link, even to one outside of the root", () => {
  const rules = mkdtempSync(join(tmpdir(), "rttlab-rules-"));
  writeFileSync(join(rules, "friends"), "Require ip 192.0.2.8");
  symlinkSync(join(rules, "friends"), join(root, "a/.htaccess"));
  const site = create({});
  assert.equal(respond(site, "/a/b/file.txt", 0).status, 403);
  assert.equal(respond(site, "/a/b/file.txt", 0, { ...CLIENT, remoteAddress: "192.0.2.8" }).status, 200);
  assert.deepEqual(broken, []);
  rmSync(rules, { recursive: true });
});

it("rules may be switched off, and are not served even then", () => {
  put("a/.htaccess", "Require all denied");
  const site = create({}, false);
  assert.equal(respond(site, "/a/b/file.txt", 0).status, 200);
  assert.equal(respond(site, "/a/.htaccess", 0).status, 403);
});

it("DirectoryIndex names what stands for a directory: the first that is there", () => {
  put("a/.htaccess", "DirectoryIndex missing.html b.txt index.html");
  put("a/b.txt", "other");
  assert.equal(respond(create({}), "/a/", 0).text, "other");
  put("a/.htaccess", "DirectoryIndex b.txt\nDirectoryIndex disabled");
  assert.equal(respond(create({}), "/a/", 0).status, 403);
});

it("a name is asked for by its octets, encoded or not, whether they are UTF-8 or not", () => {
  writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from("\xe9.txt", "latin1")]), "latin1");
  mkdirSync(join(root, "\u00fc"));
  put("\u00fc/index.html", "umlaut");
  const site = create({});
  for (const target of ["/%e9.txt", "/%E9.txt", "/\xe9.txt"])
    assert.equal(respond(site, target, 0).text, "latin1", target);
  for (const target of ["/%c3%bc/", "/\xc3\xbc/"]) assert.equal(respond(site, target, 0).text, "umlaut", target);
  const redirect = performBlocking(site.respond(get("/./\xc3%bc?\xe9"), CLIENT, 0));
  assert.match(redirect.fields, /^Location: \/%C3%BC\/\?%E9\r\n/);
  symlinkSync(Buffer.from("\xe9.txt", "latin1"), join(root, "plain"));
  assert.equal(respond(site, "/plain", 0).text, "latin1", "a link whose target is no UTF-8");
});

it("rules are never shown: as an index, by a link of either kind, in other cases, as an error document", () => {
  put(
    "a/.htaccess",
    "DirectoryIndex .htaccess symbolic hard .HTACCESS\nErrorDocument 403 /a/symbolic\nErrorDocument 404 /a/hard",
  );
  symlinkSync(".htaccess", join(root, "a/symbolic"));
  linkSync(join(root, "a/.htaccess"), join(root, "a/hard"));
  put("a/.HTaccess", "in capitals");
  const site = create({});
  for (const name of ["", "symbolic", "hard", ".htaccess", ".HTACCESS", ".HTaccess", "%2ehtaccess"]) {
    const { status, text } = respond(site, `/a/${name}`, 0);
    assert.equal(status, 403, name);
    assert.match(text, /^403 Forbidden/, name);
  }
  assert.match(respond(site, "/a/missing", 0).text, /^404 Not Found/);
});

it("what a file of rules links to is not shown either, and a new file under its number is", () => {
  put("friends", "Require all granted");
  symlinkSync("../friends", join(root, "a/.htaccess"));
  const site = create({});
  assert.equal(respond(site, "/a/b/file.txt", 0).status, 200);
  assert.equal(respond(site, "/friends", 0).status, 403);
  rmSync(join(root, "a/.htaccess"));
  assert.equal(respond(site, "/friends", 0).status, 200);
});

it("an index that not everybody may see is found anew for each client", () => {
  put("a/.htaccess", "DirectoryIndex friends.html index.html\n<Files friends.html>\nRequire ip 192.0.2.8\n</Files>");
  put("a/friends.html", "friends");
  const site = create({});
  const friend = { ...CLIENT, remoteAddress: "192.0.2.8" };
  for (let time = 0; time < 2; time++) {
    assert.equal(respond(site, "/a/", time).text, "index");
    assert.equal(respond(site, "/a/", time, friend).text, "friends");
  }
});

it("an index that is a directory is passed over, and where it is all there is the client is sent there", () => {
  put("a/.htaccess", "DirectoryIndex b index.html");
  assert.equal(respond(create({}), "/a/", 0).text, "index");
  put("a/.htaccess", "DirectoryIndex b");
  assert.match(performBlocking(create({}).respond(get("/a/"), CLIENT, 0)).fields, /^Location: \/a\/b\/\r\n/);
});

it("rules see the resolved path, however it was asked for", () => {
  put(".htaccess", 'SetEnvIf Request_URI "^/a/b/file\\.txt$" BAD\nOrder Allow,Deny\nAllow from all\nDeny from env=bad');
  const site = create({});
  for (const target of [
    "/a/b/file.txt",
    "/a/b/%66ile.txt",
    "//a//b/./file.txt",
    "/x/../a/b/file.txt?y",
    "/a/b/file%2etxt",
  ]) {
    assert.equal(respond(site, target, 0).status, 403, target);
    assert.equal(respond(site, target, 1).status, 403, `${target} again`);
  }
  assert.equal(respond(site, "/a/index.html", 0).status, 200);
});

it("a media type and an error document that rules give change with them", () => {
  put("a/.htaccess", "AddType text/x .html\nErrorDocument 404 one");
  const site = create({});
  const type = (nowMillis: number) =>
    /Content-Type: (\S+)/.exec(
      (
        site.respondNow(get("/a/index.html"), CLIENT, nowMillis) ??
        performBlocking(site.respond(get("/a/index.html"), CLIENT, nowMillis))
      ).fields,
    )?.[1];
  assert.equal(type(0), "text/x");
  assert.equal(respond(site, "/a/missing", 0).text, "one");
  put("a/.htaccess", "AddType text/y .html\nErrorDocument 404 two");
  assert.equal(type(999), "text/x");
  assert.equal(type(1_000), "text/y");
  assert.equal(respond(site, "/a/missing", 0).text, "two");
});

it("rules hold for methods that change nothing here, too", () => {
  put("a/.htaccess", "<LimitExcept GET>\nRequire all denied\n</LimitExcept>");
  const site = create({});
  const status = (method: string, target: string) => {
    const request = { ...get(target), method };
    return (site.respondNow(request, CLIENT, 0) ?? performBlocking(site.respond(request, CLIENT, 0))).status;
  };
  assert.deepEqual(
    ["GET", "HEAD", "POST", "OPTIONS", "BREW"].map((method) => status(method, "/a/b/file.txt")),
    [200, 200, 403, 403, 403],
  );
  assert.deepEqual(
    ["POST", "OPTIONS", "BREW"].map((method) => status(method, "/missing")),
    [405, 204, 501],
  );
});

it("a file whose permissions are taken away is shut after the interval", () => {
  const site = create({});
  assert.equal(respond(site, "/a/b/file.txt", 0).status, 200);
  chmodSync(join(root, "a/b/file.txt"), 0o600);
  assert.equal(respond(site, "/a/b/file.txt", 1_000).status, 403);
});

it("what is no regular file is not served", async () => {
  await using socket = createServer().listen(join(root, "socket"));
  await once(socket, "listening");
  chmodSync(join(root, "socket"), 0o644);
  assert.equal(respond(create({}), "/socket", 0).status, 403);
});

function create(cache: Partial<SiteOptions["cache"]>, htaccess = true): Site {
  const options = { bytes: 1_000_000, fileBytes: 100_000, revalidateMillis: 1_000, ...cache };
  const brokenRules = (path: string, line: number, problem: string) => void broken.push(`${path}:${line} ${problem}`);
  return createSite(
    { root, index: "index.html", cache: options, htaccess },
    { brokenRules, accessEvaluated: () => evaluations++ },
  );
}

function respond(site: Site, target: string, nowMillis: number, client = CLIENT): { status: number; text: string } {
  const request = get(target);
  const response: Response =
    site.respondNow(request, client, nowMillis) ?? performBlocking(site.respond(request, client, nowMillis));
  return { status: response.status, text: response.content.filter(Buffer.isBuffer).join("") };
}

function get(target: string) {
  return { ...blankRequest(), method: "GET", target };
}

/** Gives each file its own modification time: a test is faster than some file systems' clocks. */
let tick = 0;
function put(path: string, content: string): void {
  writeFileSync(join(root, path), content);
  utimesSync(join(root, path), 0, ++tick);
}
