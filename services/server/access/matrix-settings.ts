// Trials of what sets something: Options, DirectoryIndex, AddType, ErrorDocument, SetEnv; and of how lines and words are read.

import { ask, DENY, type Trial, trial, unlessV } from "./matrix-trial.ts";

const LINKS = ["in/file", "in/link", "in/foreign", "in/linkdir/x.html", "in/linkdir", "in/link/x"];
const OPTIONS = [
  ...["-Indexes", "+FollowSymLinks", "-FollowSymLinks", "None", "all -Indexes", "All -Indexes", "-Indexes All", "-All"],
  ...["+Indexes FollowSymLinks", "FollowSymLinks -Indexes", "FollowSymLinks", "SymLinksIfOwnerMatch", "+All", "+None"],
  ...["+SymLinksIfOwnerMatch", "-FollowSymLinks +SymLinksIfOwnerMatch", "FollowSymLinks SymLinksIfOwnerMatch", "Foo"],
  ...[
    "",
    "-Foo",
    "+",
    "MultiViews",
    "ExecCGI Includes",
    "IncludesNOEXEC",
    "-None",
    "Indexes,FollowSymLinks",
    "none All",
  ],
  ...[
    "followsymlinks",
    "All None",
    "None Indexes",
    "+ExecCGI -Indexes",
    "-Indexes\nOptions -FollowSymLinks",
    "Indexes",
  ],
  ...["None\nOptions +FollowSymLinks", "+FollowSymLinks\nOptions None", "RunScripts", "All Indexes", "All +Indexes"],
  ...[
    "-FollowSymLinks\nOptions Indexes FollowSymLinks",
    "All -FollowSymLinks",
    "None +Indexes",
    '"Indexes"',
    "None None",
  ],
  ...["+Indexes +All", "All SymLinksIfOwnerMatch", "SymLinksIfOwnerMatch\nOptions -SymLinksIfOwnerMatch", "NONE"],
  ...["All -Indexes -FollowSymLinks", "+SymLinksIfOwnerMatch -FollowSymLinks", "-SymLinksIfOwnerMatch"],
];
const NESTED_OPTIONS = [
  ...[
    ["None", "+FollowSymLinks"],
    ["-FollowSymLinks", "+Indexes"],
    ["-FollowSymLinks", "FollowSymLinks"],
    ["None", "Indexes"],
  ],
  ...[
    ["+FollowSymLinks", "None"],
    ["None", "-Indexes"],
    ["SymLinksIfOwnerMatch", "+FollowSymLinks"],
  ],
  ...[
    ["SymLinksIfOwnerMatch", "-SymLinksIfOwnerMatch"],
    ["-FollowSymLinks", "-Indexes"],
  ],
];

const INDEXES = [
  ...[".htaccess", "%BASE%/in/sub/x.html", "sub/x.html", "sub", "sub/", "../in/b.html", "../../../../../x b.html"],
  ...[
    "../../../../../x",
    "b.html\nDirectoryIndex disabled",
    "disabled\nDirectoryIndex b.html",
    "disabled b.html",
    "..",
  ],
  ...["b.html disabled", "DISABLED", "", "nope", "nope b.html", "/etc/passwd", "link", "a%20b.txt", '"a b.txt"', "/"],
  ...[
    "b.html?x",
    "a.txt b.html",
    "./b.html",
    "%2e/b.html",
    "nope.html\nDirectoryIndex b.html",
    "http://x/ b.html",
    '""',
  ],
  ...["B.HTML b.html", "sub/../b.html", "b%2ehtml", "x%2fy b.html", "x%zz b.html", "\"b.html\" 'a.txt'", "sub/ b.html"],
];
const INDEX_TRIALS = [
  ...INDEXES.map((names) => trial(`DirectoryIndex ${names}`, ["in/", "in/empty/"], "# there are rules here")),
  ...[
    ["DirectoryIndex b.html", "DirectoryIndex disabled"],
    ["DirectoryIndex disabled", ""],
    ["DirectoryIndex b.html", "DirectoryIndex"],
    ["DirectoryIndex sub/x.html b.html", "", DENY],
    ["DirectoryIndex sub/x.html", "", DENY],
    ["DirectoryIndex sub/x.html b.html", "", "Frobnicate"],
    ["DirectoryIndex sub/x.html", "", "Frobnicate"],
    ["DirectoryIndex sub/x.html", DENY, "Require all granted"],
    ["DirectoryIndex link", "Options None"],
    ["DirectoryIndex link file", "Options None"],
    ["DirectoryIndex sub/x.html", "ErrorDocument 403 z", DENY],
    ["SetEnv V 1\nDirectoryIndex sub/x.html", "", "Require env V"],
    ["DirectoryIndex sub/x.html", "", "SetEnvIf Request_URI . V\nRequire env V"],
    ["SetEnvIf Request_URI /in/$ V\nDirectoryIndex sub/x.html", "", "Require env V"],
  ].map(([outer = "", inner, sub]) => trial(outer, ["in/", "in/sub/x.html"], inner, sub)),
];

const TYPES = [
  ...[
    "text/x .foo",
    "text/x foo",
    "text/x FOO",
    "text/x",
    "",
    "text/x .foo .txt",
    "text/x .unknown",
    "x .foo",
    "text/x .",
  ],
  ...[
    "'text/html; charset=x' .foo",
    "text/x foo.txt",
    "text/html;charset=x foo",
    "TEXT/X .foo",
    '"a b" .foo',
    "text/x ..foo",
  ],
];
const TYPE_TRIALS = [
  ...TYPES.map((words) =>
    trial(`AddType ${words}`, ["in/c.foo", "in/c.foo.txt", "in/C.FOO", "in/c.foo.unknown", "in/a.txt"]),
  ),
  trial("AddType text/x .foo", ["in/c.foo", "in/c.txt.foo"], "AddType text/y .foo"),
  trial("AddType text/x .foo", ["in/c.foo", "in/c.foo.txt"], "AddType text/y .txt"),
  trial("AddType text/x .foo\nAddType text/y .foo", ["in/c.foo"]),
  trial("<Files c.foo>\nAddType text/x .foo\n</Files>", ["in/c.foo", "in/c.foo.unknown"]),
  trial("AddType text/x .html", ["in/", "in/index.html"]),
];

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
const DOCUMENT_TRIALS = [
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

const ENVIRONMENT = [
  ...[
    "SetEnv",
    "SetEnv A",
    "SetEnv A b",
    "SetEnv A b c",
    "UnsetEnv",
    "UnsetEnv A",
    "UnsetEnv A B",
    "PassEnv PATH",
    "PassEnv",
  ],
  ...[
    "SetEnv A=b",
    "SetEnv A=b c",
    "SetEnv V 1\nRequire env V",
    unlessV("SetEnv V 1"),
    unlessV("SetEnvIf Request_URI . V\nUnsetEnv V"),
  ],
];

const LINES = [
  ...[
    "# c \\\nRequire all denied",
    "Require \\\nall denied",
    "  Require all denied  ",
    "\tRequire\tall\tdenied\r\n",
    "#Require all denied",
  ],
  ...[
    "'Require' all denied",
    "Require all denied # no",
    "Require 'all' denied",
    "Require all denied\\",
    "\xef\xbb\xbfRequire all denied",
  ],
  ...[
    "REQUIRE all DENIED",
    "Require ALL denied",
    "Require IP 127",
    "Require NOT ip 127",
    "Require Local",
    "Require ip '127.0.0.1'",
  ],
  ...[
    'Require ip "127.0.0.1"',
    'Require host "localhost"',
    'Require method "GET"',
    "Require method get",
    "Require method PROPFIND",
  ],
  ...[
    "Require method TRACE",
    "Require ip 127,10",
    "Require ip 127 # x",
    '<RequireAll "">\nRequire all granted\n</RequireAll>',
  ],
  ...[
    'Allow from "127"\nDeny from all',
    "Deny from 'all'",
    "deny FROM all",
    'Order "deny,allow"',
    "Order deny,allow x",
    "Deny from *",
  ],
  ...[
    "Allow from !127",
    "Deny from none",
    "Allow from 127.*",
    "Deny from 0.0.0.0/0",
    "Deny from ::/0",
    "Deny from 127.0.0.0/8 # x",
  ],
  ...[
    "AuthType Basic\nRequire valid-user",
    "Require user x",
    "<Directory />\n</Directory>",
    "<Location />\n</Location>",
    "Use x",
  ],
  ...[
    "Include x",
    "RewriteEngine On",
    "Header set X y",
    "Redirect / /x",
    "php_value a b",
    "SSLRequireSSL",
    "AllowOverride All",
  ],
];

export const SETTING_TRIALS: Trial[] = [
  ...OPTIONS.map((words) => trial(`Options ${words}`, LINKS)),
  ...NESTED_OPTIONS.map(([outer, inner]) => trial(`Options ${outer}`, LINKS, `Options ${inner}`)),
  trial("<Files link>\nOptions None\n</Files>", ["in/link"]),
  trial("Options None\n<Files link>\nOptions FollowSymLinks\n</Files>", ["in/link"]),
  trial("", ["in/linkdir/x.html"], "", "Options None"),
  ...INDEX_TRIALS,
  ...TYPE_TRIALS,
  ...DOCUMENT_TRIALS,
  ...ENVIRONMENT.map((text) => trial(text)),
  ...LINES.map((text) => trial(text)),
];
