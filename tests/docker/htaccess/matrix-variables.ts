// Trials of SetEnvIf and its relatives: what they look at, and what they set.

import { ask, fields, type Trial, trial, unlessV } from "./matrix-trial.ts";

const NAMES = [
  ...["v", "V", "vV"].map((name) => `SetEnvIf Request_URI . ${name}\nRequire env V`),
  "SetEnvIf request_uri . V\nOrder Allow,Deny\nAllow from env=v",
  "SetEnvIf Request_URI . V\nSetEnvIf Request_URI . !v\nRequire env V",
  ...["V=", "V=0", "V=!", "V=!x", "!V", "!V=x", "V=a=b", "V= x", "V x", "V !V", "!V V", "=x", "!"].map(
    (words) => `SetEnvIf Request_URI "f(i)le" W ${words}\nRequire env V`,
  ),
  ...["V=!", "V=!x", "!V=x"].map((word) => `SetEnvIf Request_URI . V\nSetEnvIf Request_URI . ${word}\nRequire env V`),
  ...[
    "SetEnvIf Request_URI . A=x\nSetEnvIf A x V",
    "SetEnvIf Request_URI . A=x\nSetEnvIf a ^x$ V",
    "SetEnvIf Request_URI . A=x\nSetEnvIf A y V",
    "SetEnvIf A ^$ A=1\nSetEnvIf A 1 V",
    "SetEnvIf A ^$ A=1\nSetEnvIf a 1 V",
    "SetEnvIf A ^$ A=1\nSetEnvIf Request_URI . B\nSetEnvIf A 1 V",
    "SetEnvIf A ^$ A=1\n<Files file>\nSetEnvIf A 1 V\n</Files>",
  ].map(unlessV),
];

const GROUPS = ["$0", "$1", "$2", "a$1b", "\\$1", "$$1", "$10", "x\\yz", "&", "\\\\1", "$"].flatMap((value) =>
  ["^b$", "^bc$", "^$", "^abb$", "^bcd$", "b0", "^.1$", "^1$", "^.b$", "xyz", "^&$", "^.$", "^c$"].map((seen) =>
    trial(unlessV(`SetEnvIf X-T "^(b)(c)?" A="${value}"\nSetEnvIf Request_URI . Z\nSetEnvIf A "${seen}" V`), [
      fields("X-T: b"),
      fields("X-T: bcd"),
    ]),
  ),
);

const LOOKED_AT: [lines: string, ...sent: string[][]][] = [
  ["SetEnvIf X-T . A\nSetEnvIf A ^$ V", [], ["X-T: 1"]],
  ["SetEnvIf Request_URI . X-T=other\nSetEnvIf X-T other V", ["X-T: me"], [], ["X-T:"], ["X-T: other"]],
  ["SetEnvIf ^TS ^[a-z] V", ["TS1: abc"], ["X-TS: abc"], ["TS: 1"], []],
  ["SetEnvIfNoCase ^ts ^[a-z] V", ["TS1: abc"], ["ts1: abc"]],
  ["SetEnvIf X-.* one V", ["X-A: one", "X-B: two"], ["X-A: two", "X-B: one"], ["X-A: two", "X-A: one"]],
  ["SetEnvIf X-.* one V", ["X-A: one", "X-B: two", "X-A: three"], ["X-B: two", "X-A: one"]],
  ["SetEnvIf X-.* ^$ V", [], ["X-A: a"], ["X-A:"]],
  ["SetEnvIf X.T a V", ["X-T: a"], ["XaT: a"]],
  ['SetEnvIf "X T" a V', ["X-T: a"]],
  ['SetEnvIf "(" a V', []],
  ["SetEnvIf .* . V", [], ["X-A: q"]],
  ["SetEnvIf X-T ^a,.b$ V", ["X-T: a", "X-T: b"]],
  ["SetEnvIf X-T ^$ V", [], ["X-T:"], ["X-T: a"]],
  ['SetEnvIf Cookie "a=(\\d+)" V', ["Cookie: a=5"], ["cookie: b=1; a=7"]],
  ["BrowserMatch ^Bot V", ["User-Agent: Bot"], ["user-agent: bot"]],
  ["BrowserMatchNoCase ^Bot V", ["User-Agent: bot"]],
  ['BrowserMatch "a b" V', ["User-Agent: a b"]],
  ["BrowserMatch ^$ V", [], ["User-Agent: x"]],
  ['SetEnvIf X-T "a\\"b" V', ['X-T: a"b']],
  ["SetEnvIf X-T a\\\\.b V", ["X-T: a.b"], ["X-T: a\\.b"], ["X-T: axb"]],
  ['SetEnvIf X-T "a\\\\.b" V', ["X-T: a.b"], ["X-T: axb"]],
  ["SetEnvIf X-T 'a\\'b' V", ["X-T: a'b"]],
  ['SetEnvIf X-T "a"b V', ["X-T: a"]],
  ['SetEnvIf X-T a"b V', ['X-T: a"b']],
  ['SetEnvIfNoCase X-T bc "A=$0"\nSetEnvIf Request_URI . Z\nSetEnvIf A bc V', ["X-T: bcd"]],
  ['SetEnvIf X-T "b.d" "A=$0"\nSetEnvIf Request_URI . Z\nSetEnvIf A bcd V', ["X-T: bcd"]],
];

const PROPERTIES = [
  ...[
    "Remote_Host ^127",
    "Remote_Host localhost",
    "remote_addr ^127\\.0",
    "Server_Addr ^127",
    "SERVER_ADDR ^127.0.0.1$",
    "A ^$",
  ],
  ...[
    "Request_Method ^GET$",
    "Request_Method ^HEAD$",
    "Request_Protocol ^HTTP/1\\.0$",
    "Request_Protocol 1\\.1",
    "Host ^b$",
  ],
  ...[
    "Remote_User ^$",
    "Server_Name .",
    "Query_String .",
    "Remote_Port .",
    "Server_Port .",
    "HTTPS .",
    "HTTP_HOST .",
    "PATH .",
  ],
  ...["Script_Name .", "Document_Root .", "REQUEST_SCHEME .", "Host ^a$", "Host ^b:80$"],
].map((text) =>
  trial(unlessV(`SetEnvIf ${text} V`), [
    ask("in/file?x"),
    ask("in/file", { method: "HEAD", fields: ["Host: a"] }),
    ask("in/file", { version: "1.1", fields: ["Host: a"] }),
    ...["http://b%BASE%/in/file", "http://b:80%BASE%/in/file"].map((path) => ask(path, { fields: ["Host: a"] })),
    ask("http://b%BASE%/in/file"),
  ]),
);

const PATHS = [
  ...[
    "in/file",
    "in/%66ile",
    "in//file",
    "in/./file",
    "in/x/../file",
    "in/file?x=//",
    "in/%2e/file",
    "in/",
    "in",
    "in/file/",
  ],
  ...[
    "in/a%20b.txt",
    "in/index.html",
    "in/sub/..//file",
    "in/.",
    "in/sub/..",
    "in/%41",
    "in/a%2etxt",
    "in/%c3%a9",
    "in/\xc3\xa9",
  ],
  ...["in/%ff", "in/\xff", "in/a%0ab", "in/nope%0a"],
];
const SEEN = [
  "/file$",
  "^/[0-9]+/in/file$",
  "%66",
  "\\?",
  "//",
  "/\\./",
  "\\.\\.",
  "in/$",
  "in$",
  "index",
  " ",
  "file/$",
  "A",
  "\\.txt$",
];

export const VARIABLE_TRIALS: Trial[] = [
  ...NAMES.map((text) => trial(text)),
  trial("SetEnvIf A ^$ A=1", undefined, unlessV("SetEnvIf A 1 V")),
  ...[
    "SetEnvIf",
    "SetEnvIf a",
    "SetEnvIf a b",
    "BrowserMatch",
    "BrowserMatch a",
    'SetEnvIf a b ""',
    'SetEnvIf a "" V',
    'SetEnvIf "" a V',
  ].map((text) => trial(text)),
  ...GROUPS,
  ...LOOKED_AT.map(([lines, ...sent]) =>
    trial(
      unlessV(lines),
      sent.map((one) => fields(...one)),
    ),
  ),
  ...PROPERTIES,
  ...[...SEEN, "\xc3\xa9", "\\xff", "a.b", "nope$"].map((seen) =>
    trial(unlessV(`SetEnvIf Request_URI "${seen}" V`), PATHS),
  ),
];
