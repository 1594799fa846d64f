// Valid and broken .htaccess files.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { allows } from "../cases/decide.ts";
import { parseRules } from "./parse-rules.ts";

describe("texts", () => {
  it("names ignore case, comments and blank lines are skipped, a backslash continues a line, quotes keep blanks", () => {
    const text = '# a comment\n\n  ORDER allow,DENY\nallow FROM 10 \\\n  192.0.2.7\nBrowserMatch "a b" V\r\n';
    assert.equal(allows(text), true);
  });

  const broken = [
    ...[
      "Order Deny, Allow",
      "Order",
      "Order Allow",
      "Order Deny,Allow,Deny",
      "Allow 10.0.0.1",
      "Allow from",
      "Deny all",
    ],
    ...[
      "Allow from 10.0.0.0/33",
      "Allow from 10.0.0.0/0",
      "Allow from 10.0.0.0/x",
      "Allow from 10.1/8",
      "Allow from 300.1",
    ],
    ...["Allow from 1.2.3.4.5", "Allow from 10..1", "Allow from 2001:db8::/129", "Allow from ::g", "Allow from a/b"],
    ...["Allow from a#b", "Require", "Require all", "Require all maybe", "Require ip", "Require ip a"],
    ...["Require user x", "Require not ip 10", "Require method BREW", "Frobnicate on", "Options Frobnicate"],
    ...[
      "<RequireAll>",
      "</RequireAll>",
      "<RequireAll>\n</RequireAll>",
      "<RequireAll\nRequire local",
      "<Foo>\nRequire local\n</Foo>",
    ],
    ...["<RequireAll>\nRequire local\n</RequireAny>", "<RequireAll>\nOrder Allow,Deny\n</RequireAll>"],
    ...["<RequireNone>\nRequire local\n</RequireNone>", "<RequireAny>\nRequire not local\n</RequireAny>"],
    ...[
      "<RequireNone>\nRequire not local\n</RequireNone>",
      "SetEnvIf a",
      "SetEnvIf a ( V",
      "AddType text/x",
      "ErrorDocument 404",
    ],
    ...['BrowserMatch "a V', "Options -All", "<Limit get>\nRequire all denied\n</Limit>", "<Files>\n</Files>"],
    ...["<If true>\n</If>", "SetEnvIf a (?=b) V", "SetEnvIf a (b)\\1 V", "SetEnvIf a [[:foo:]] V", "SetEnvIf a b++ V"],
    ...[
      "<FilesMatch ^(?!a)>\n</FilesMatch>",
      "SetEnvIf ( a V",
      "ErrorDocument 404 %{X}",
      "<IfModule nope>\n<a>\n</IfModule>",
    ],
  ];
  for (const text of broken) {
    it(`broken: ${text.replaceAll("\n", "; ")}`, () => {
      const rules = parseRules(`# one\n${text}`);
      assert.ok("problem" in rules, JSON.stringify(rules));
      assert.ok(rules.line >= 2 && rules.line <= 4, `line ${rules.line}`);
    });
  }
});
