// Trials of ErrorDocument.

import { ask, DENY, type Trial, trial, unlessV } from "./matrix-trial.ts";

const DOCUMENTS = [
  ...[
    "text",
    '"some text"',
    "some text",
    '"some text',
    "%BASE%/in/error.html",
    "http://example.org/x",
    "error.html",
    "default",
  ],
  ...[
    "ftp://example.org/",
    "https://example.org/x?y",
    "Default",
    "",
    '"/x y"',
    "%BASE%/in/nope",
    "%BASE%/in/",
    "%BASE%/in",
  ],
  ...[
    "%BASE%/in/link",
    '"%BASE%/in/a b.txt"',
    "%BASE%/in/a%20b.txt",
    "%BASE%/in/error.html?x",
    "'q x'",
    '"100%"',
    "a:b",
  ],
  ...[
    '"a\\"b"',
    '""',
    "HTTP://EXAMPLE.org/",
    "mailto:a@b",
    '"\\n"',
    '"x\\\\y"',
    "/",
    "//example.org/x",
    '"http://a/ b"',
    ":b",
  ],
  ...[
    '"ä"',
    "%BASE%/in/../in/error.html",
    "%BASE%/.htaccess",
    "%BASE%/in/rules",
    "a_b:c",
    '"Not: here"',
    "%BASE%/in/sub/x.html",
  ],
];
const CODES = [
  ...[
    "600",
    "200",
    "abc",
    "4040",
    "404x",
    "-1",
    "100",
    "103",
    "104",
    "208",
    "226",
    "302",
    "303",
    "306",
    "308",
    "400",
    "418",
  ],
  ...["420", "421", "422", "425", "426", "427", "429", "430", "431", "451", "499", "500", "508", "509", "511", "401"],
];
const FORBIDDEN_BY = [
  ...[
    `ErrorDocument 403 no\n${DENY}`,
    `ErrorDocument 403 %BASE%/in/error.html\n${DENY}`,
    'ErrorDocument 403 "go away"\nDeny from all',
  ],
  ...["ErrorDocument 403 %BASE%/in/error.html\nDeny from all\n<Files error.html>\nAllow from all\n</Files>"],
  ...[
    `ErrorDocument 403 %BASE%/in/error.html\n<Files file>\n${DENY}\n</Files>`,
    "ErrorDocument 403 http://example.org/\nDeny from all",
  ],
  ...[
    `ErrorDocument 403 a\n<Files file>\nErrorDocument 403 b\n${DENY}\n</Files>`,
    "ErrorDocument 403 default\nDeny from all",
  ],
];
export const DOCUMENT_TRIALS: Trial[] = [
  ...DOCUMENTS.map((document) =>
    trial(`ErrorDocument 404 ${document}`, ["in/nope", ask("in/nope", { method: "HEAD" })]),
  ),
  ...CODES.map((code) => trial(`ErrorDocument ${code} x`)),
  trial("ErrorDocument 404 a b"),
  trial('ErrorDocument 404 "%{nope"'),
  ...FORBIDDEN_BY.map((text) =>
    trial(text, ["in/file", "in/nope", "in/error.html", ask("in/file", { method: "POST" })]),
  ),
  trial("<Files nope>\nErrorDocument 404 x\n</Files>", ["in/nope", "in/nope2"]),
  trial("ErrorDocument 404 a\nErrorDocument 404 b", ["in/nope"]),
  ...[
    "ErrorDocument 404 b",
    "ErrorDocument 403 b",
    "ErrorDocument 404 default",
    "ErrorDocument 404 %BASE%/in/error.html",
  ].map((inner) => trial("ErrorDocument 404 a", ["in/nope", "in/nope/x/y", "in/file/x", "nope"], inner)),
  trial("ErrorDocument 500 a", ["in/file"], "Frobnicate"),
  trial("ErrorDocument 500 a\nFrobnicate"),
  trial("ErrorDocument 405 a\nErrorDocument 501 b", [
    ask("in/file", { method: "PUT" }),
    ask("in/file", { method: "BREW" }),
  ]),
  trial(
    "ErrorDocument 403 a\nErrorDocument 404 b",
    ["in/empty/", ".htaccess", "in/.htaccess", "in/x%2fy", "in/x%zz"],
    "",
  ),
  trial("ErrorDocument 403 a\n<Files index.html>\nRequire all denied\n</Files>", ["in/"]),
  trial("ErrorDocument 403 a", ["in/"], `<Files index.html>\nErrorDocument 403 b\n${DENY}\n</Files>`),
  trial("ErrorDocument 403 a", ["in/link", "in/link/x"], "Options None"),
  trial("ErrorDocument 404 %BASE%/in/link", ["in/nope"], "Options None"),
  trial("ErrorDocument 404 %BASE%/in/sub/x.html", ["in/nope"], "", DENY),
  trial("ErrorDocument 403 %BASE%/in/sub/x.html", ["in/file"], "Deny from all", ""),
  trial("ErrorDocument 403 %BASE%/in/sub/x.html", ["in/file"], "Deny from all", "Allow from all"),
  trial("ErrorDocument 404 %BASE%/in/\nDirectoryIndex b.html", ["in/nope"]),
  ...["Request_URI error V", "Request_URI nope V", "REDIRECT_STATUS 404 V"].map((text) =>
    trial(unlessV(`SetEnvIf ${text}\nErrorDocument 404 %BASE%/in/error.html\nErrorDocument 403 %BASE%/in/b.html`), [
      "in/nope",
    ]),
  ),
  ...["REDIRECT_V", "V", "REDIRECT_STATUS", "W", "U", "REDIRECT_U"].map((name) =>
    trial(
      "SetEnv V 1\nSetEnvIf REDIRECT_STATUS ^404$ W\nSetEnvIf Request_URI nope U\nErrorDocument 404 %BASE%/in/error.html\n" +
        `<Files error.html>\nRequire env ${name}\n</Files>`,
      ["in/nope", "in/error.html"],
    ),
  ),
];
