// Trials of directives that set something: Options, DirectoryIndex, AddType, SetEnv; and of the
// reading of lines and words.

import { DENY, type Trial, trial, unlessV } from "./matrix-trial.ts";

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
  ...ENVIRONMENT.map((text) => trial(text)),
  ...LINES.map((text) => trial(text)),
];
