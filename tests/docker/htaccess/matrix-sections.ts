// Trials of sections: <IfModule>, <IfDefine>, <Files>, <FilesMatch>, <Limit>, <LimitExcept>, those
// of requirements, and their nesting.

import { ask, DENY, METHODS, type Trial, trial, unlessV } from "./matrix-trial.ts";

const MODULES = [
  ...["mod_authz_core.c", "authz_core_module", "core.c", "core", "core_module", "!mod_authz_core.c", "mod_authz_core"],
  ...[
    "MOD_AUTHZ_CORE.C",
    "mod_dir.c",
    "mod_env.c",
    "mod_mime.c",
    "mod_setenvif.c",
    "mod_access_compat.c",
    "env_module",
  ],
  ...["mod_authz_host.c", "!nope", "! nope", "nope", "mod_rewrite.c", "mod_dir.c x", "'mod_dir.c'", '"!mod_dir.c"', ""],
];

const CONDITIONS = [
  ...MODULES.map((name) => section(`IfModule ${name}`, DENY)),
  ...["X", "!X", "", '"X"'].map((name) => section(`IfDefine ${name}`, DENY)),
  ...[section("IfModule nope", "Frobnicate on", section("Foo x", "bar")), "<IfModule nope>\n<Foo>\n</IfModule>"],
  ...["<IfModule nope>\n</RequireAny>\n</IfModule>", "<IfModule nope>\n<Foo a\n</Foo>\n</IfModule>", "<IfModule nope>"],
  ...[
    section("IfModule nope", section("RequireAll", DENY)),
    section("IfModule mod_dir.c", "Frobnicate"),
    "<IfModule mod_dir.c>",
  ],
  ...[section("IfModule mod_dir.c", section("IfModule !mod_env.c", DENY))],
  ...[
    `<IfModule mod_dir.c\n${DENY}\n</IfModule>`,
    `<IfModule mod_dir.c> # x\n${DENY}\n</IfModule>`,
    "<IfModule mod_dir.c>\n</ IfModule>",
  ],
  ...[
    `< IfModule mod_dir.c>\n${DENY}\n</IfModule>`,
    `<IfModule mod_dir.c>\n${DENY}\n</IfModule >`,
    `<IFMODULE nope>\n${DENY}\n</ifmodule>`,
  ],
  ...[section("RequireAll", section("IfModule mod_dir.c", DENY)), section("IfModule mod_dir.c")],
  section(
    "IfModule mod_rewrite.c",
    "RewriteEngine On",
    "RewriteCond %{HTTP_HOST} ^a$ [NC]",
    "RewriteRule ^(.*)$ /x [L]",
  ),
  `${section("IfModule mod_authz_core.c", DENY)}\n${section("IfModule !mod_authz_core.c", "Deny from all")}`,
];

const FILE_PATHS = ["in/file", "in/a.txt", "in/", "in", "in/missing", "in/file/extra", "in/missing/file", "in/%66ile"];
const NAMES = [
  ...[
    "file",
    '"file"',
    "fi*",
    "f?le",
    "[ef]ile",
    "[!f]ile",
    "[^a-e]ile",
    "[a",
    "FILE",
    "F*",
    "*",
    "????",
    "*i*",
    "f*e",
  ],
  ...[
    '~ "^f"',
    "~ ^F",
    '~ "(?i)^F"',
    "in",
    "",
    '""',
    '"f*" x',
    "f\\ile",
    '"\\file"',
    '"f\\i*"',
    "[[:alpha:]]*",
    "*.txt",
  ],
  ...["f*/", "/file", "in/file", "~", '~ "("', '~ "f" x', "{file,a}", '".*"', '"a b.txt"', "index.html", "missing"],
];
const PATTERNS = [
  ...[
    '"\\.(txt|html)$"',
    "^f",
    "^F",
    "",
    '""',
    '".*"',
    '"("',
    "^file$ x",
    "~ x",
    "^(?<n>f)",
    '"\\.(?i:TXT|bak)$"',
    '"^$"',
  ],
];

const FILES = [
  ...NAMES.map((name) => trial(section(`Files ${name}`, DENY), FILE_PATHS)),
  ...PATTERNS.map((name) => trial(section(`FilesMatch ${name}`, DENY), [...FILE_PATHS, "in/index.html", "in/sub/"])),
  ...[
    section("Files file", section("Files file", DENY)),
    section("Files file", "Frobnicate"),
    section("Files missing", "Frobnicate"),
    section("Files file", section("IfModule mod_dir.c", DENY)),
    section("Files file", section("RequireAny", DENY)),
    section("Files file"),
    `${section("Files file", DENY)}\n${section("Files fi*", "Require all granted")}`,
    `${section("Files file", "Require all granted")}\n${DENY}`,
    `Deny from all\n${section("Files file", "Allow from 127")}`,
    `Deny from all\n${section("Files file", "Satisfy All")}`,
    `Deny from all\n${section("Files *.txt", "Order allow,deny", "Allow from all")}`,
    unlessV(section("Files file", "SetEnvIf Request_URI . V")),
    `SetEnvIf Request_URI . V\n${section("Files file", "Require env V")}`,
    section('Files ~ "^\\.|\\.(bak|txt)$"', "Order allow,deny", "Deny from all", "Satisfy All"),
    section("Files a b.txt", DENY),
    section("Files file", section("Limit GET", DENY)),
    section("Files file", section("LimitExcept GET", DENY)),
  ].map((text) => trial(text, ["in/file", "in/a.txt"])),
  ...[
    [section("Files file", DENY), "Require all granted"],
    [section("Files file", DENY), section("Files file", "Require all granted")],
    [section("Files file", "Require all granted"), DENY],
    [section("Files file", DENY), section("FilesMatch ^f", "Require all granted")],
    [section("Files .ht*", "Require all granted"), ""],
  ].map(([outer = "", inner]) => trial(outer, ["in/file", "in/a.txt"], inner)),
  trial(section("Files index.html", DENY), ["in/", "in/index.html"]),
  trial(`${section("Files index.html", DENY)}\nDirectoryIndex index.html b.html`, ["in/"]),
  trial(`${section("Files b.html", DENY)}\nDirectoryIndex nope b.html`, ["in/"]),
  trial(`${section("Files nope.html", DENY)}\nDirectoryIndex nope.html b.html`, ["in/"]),
  trial(section("Files index.html", "DirectoryIndex b.html"), ["in/"]),
  trial(`${section('FilesMatch "^$"', "DirectoryIndex b.html")}\nDirectoryIndex a.txt`, ["in/"]),
  trial(`SetEnvIf Request_URI index.html V\n${section("Files index.html", "Require env V")}`, ["in/", "in/index.html"]),
  trial(`SetEnvIf Request_URI /in/$ V\n${section("Files index.html", "Require env V")}`, ["in/", "in/index.html"]),
  trial(`${DENY}\n${section("Files index.html", "Require all granted")}`, ["in/", "in/index.html"]),
  trial(`${DENY}\n${section('FilesMatch "^(index\\.html)?$"', "Require all granted")}`, [
    "in/",
    "in/index.html",
    "in/file",
  ]),
];

const LIMITED = [
  "GET",
  "POST",
  "GET POST",
  "HEAD",
  "get",
  "BREW",
  "TRACE",
  "",
  "OPTIONS",
  "PUT DELETE",
  '"GET"',
  "GET,POST",
];
const LIMITS = [
  ...LIMITED.flatMap((some) => [section(`Limit ${some}`, DENY), section(`LimitExcept ${some}`, DENY)]),
  ...["Limit GET", "LimitExcept GET"].map((name) => section(name, "Order Deny,Allow", "Deny from all")),
  `Order Allow,Deny\nAllow from all\n${section("Limit POST", "Deny from all")}`,
  `Deny from all\n${section("Limit GET", "Allow from all")}`,
  `${section("Limit GET", "Order Allow,Deny")}\nOrder Deny,Allow`,
  `Order Deny,Allow\n${section("Limit GET", "Order Allow,Deny")}`,
  `${section("Limit GET", DENY)}\n${section("Limit POST", "Require all granted")}`,
  `${DENY}\n${section("Limit GET", "Require all granted")}`,
  `Require all granted\n${section("Limit GET", DENY)}`,
  section("RequireAll", section("Limit GET", DENY), "Require all granted"),
  section("Limit GET", section("RequireAll", DENY)),
  section("RequireAll", "Require all granted", section("Limit POST", "Require not ip 127")),
  section("RequireAny", section("Limit POST", DENY)),
  section("RequireNone", section("Limit POST", "Require ip 127")),
  `${section("LimitExcept GET", "Require ip 10")}\nRequire ip 11`,
  ...[section("Limit GET", "Require not ip 10"), section("Limit GET", section("RequireNone", "Require ip 10"))],
  ...[section("Limit POST", "Satisfy Any"), section("Limit GET", "Satisfy Any")].map(
    (text) => `${text}\nDeny from all\nRequire all granted`,
  ),
  ...[section("Limit GET", section("Limit POST", DENY)), section("Limit GET", section("Files file", DENY))],
  ...[
    section("Limit GET", "Frobnicate"),
    section("Limit GET"),
    section("Limit POST", section("IfModule mod_dir.c", DENY)),
  ],
  ...[
    `<limit GET>\n${DENY}\n</LIMIT>`,
    `<Limit GET> x\n${DENY}\n</Limit>`,
    unlessV(section("Limit POST", "SetEnvIf Request_URI . V")),
  ],
].map((text) => trial(text, METHODS));

const IN_REQUIRE = [
  ...["Order Allow,Deny", "DirectoryIndex b.html", "Satisfy Any", "AuthMerging And", "SetEnv a b", "Options None"],
  ...[section("Files x", DENY), section("Limit GET", "Require all denied"), "Allow from all"],
].flatMap((line) => [section("RequireAll", line), section("RequireAll", line, "Require all granted")]);

const LIMIT_SETTINGS = [
  "DirectoryIndex b.html",
  "Options None",
  "ErrorDocument 404 x",
  "AddType text/x .foo",
  "SetEnv A b",
];

export const SECTION_TRIALS: Trial[] = [
  ...CONDITIONS.map((text) => trial(text)),
  ...FILES,
  ...LIMITS,
  ...IN_REQUIRE.map((text) => trial(text)),
  ...LIMIT_SETTINGS.map((line) => trial(section("Limit POST", line), ["in/", "in/link", "in/missing", "in/c.foo"])),
  trial("", METHODS),
  trial(DENY, METHODS),
  trial("Frobnicate", METHODS),
  trial(section("Files *", DENY), [ask("in/", { method: "POST" }), ask("in", { method: "POST" })]),
];

function section(head: string, ...lines: string[]): string {
  return [`<${head}>`, ...lines, `</${head.split(" ")[0]}>`].join("\n");
}
