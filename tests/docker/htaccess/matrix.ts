// The comparison of the access rules with Apache: every Order with every kind of Allow and Deny,
// Require in all its forms, nested rules, and broken files. Addresses come from the loopback
// network, so that client and both servers fit on one machine; 127.0.0.1 has the name `localhost`,
// the others have none. The matrix-*.ts files have further trials.

import { DOCUMENT_TRIALS } from "./matrix-documents.ts";
import { MERGING_TRIALS } from "./matrix-merging.ts";
import { PATTERN_TRIALS } from "./matrix-patterns.ts";
import { SAMPLE_TRIALS } from "./matrix-samples.ts";
import { SECTION_TRIALS } from "./matrix-sections.ts";
import { SETTING_TRIALS } from "./matrix-settings.ts";
import { ask, CLIENTS, type Trial, trial } from "./matrix-trial.ts";
import { VARIABLE_TRIALS } from "./matrix-variables.ts";

const ORDERS = ["", "Order Deny,Allow", "Order Allow,Deny", "Order Mutual-failure"];
const PARTIES = [
  ...[
    "",
    "all",
    "127.0.0.1",
    "127.9.8.7",
    "127",
    "127.9.",
    "10.1",
    "127.0.0.0/16",
    "127.9.8.7/255.0.0.255",
    "0.0.0.7/0.0.0.255",
  ],
  ...["localhost", "host", ".localhost", "example.invalid 127.9", "env=ONE", "env=!ONE", "2001:db8::/32", "::1"],
];
const VARIABLES = "SetEnvIf Remote_Addr \\.1$ ONE\nSetEnvIfNoCase X-Test yes TWO\n";

const REQUIREMENTS = [
  ...[
    "Require all granted",
    "Require all denied",
    "Require ip 127.9",
    "Require ip 10 127.0.0.0/24",
    "Require ip 127.0.0.0/255.255.0.0",
  ],
  ...[
    "Require local",
    "Require host localhost",
    "Require host host",
    "Require forward-dns localhost",
    "Require env ONE",
    "Require env TWO",
  ],
  ...["Require method GET", "Require method POST", "Require method GET POST", "Require ip 10\nRequire ip 127.9"],
  ...["Require ip 10\nRequire env ONE\nRequire method POST", section("All", "Require ip 127", "Require env ONE")],
  ...[section("All", "Require all granted", "Require not ip 127.9"), section("All", "Require not ip 127.9")],
  ...[section("Any", "Require ip 10", section("All", "Require ip 127", "Require not env ONE", "Require method GET"))],
  ...[section("All", "Require all granted", section("None", "Require ip 127.9", "Require env TWO"))],
  ...[section("All", section("Any", "Require ip 10", "Require ip 127.9"), "Require method GET")],
  ...[section("All", "Require all granted", section("None", section("All", "Require ip 127", "Require env ONE")))],
  ...[
    "Require ip 127.9\nOrder Allow,Deny\nAllow from 127.0",
    "Require all denied\nAllow from all",
    "Deny from all\nRequire all granted",
  ],
  ...[
    "Require all granted\nRequire all denied",
    section("All", "Require all granted", "Require all denied"),
    "Require not all denied",
  ],
  ...[
    section("All", "Require all granted", "Require not all denied"),
    section("All", "Require all granted", "Require not local"),
  ],
];

const BROKEN = [
  ...[
    "Order Deny, Allow",
    "Order",
    "Order Allow",
    "Allow 127.0.0.1",
    "Allow from",
    "Deny all",
    "Allow from 10.0.0.0/33",
  ],
  ...[
    "Allow from 10.0.0.0/0",
    "Allow from 10.0.0.0/x",
    "Allow from 10.1/8",
    "Allow from 300.1",
    "Allow from 1.2.3.4.5",
    "Allow from 10..1",
  ],
  ...[
    "Allow from 2001:db8::/129",
    "Allow from ::g",
    "Allow from a/b",
    "Allow from env=",
    "Allow from a#b",
    "Require",
    "Require all",
  ],
  ...[
    "Require all maybe",
    "Require ip",
    "Require ip a",
    "Require ip 300.1",
    "Require host",
    "Require not ip 10",
    "Require method BREW",
  ],
  ...[
    "Require method HEAD",
    "Frobnicate on",
    "</RequireAll>",
    section("All"),
    "<RequireAll>\nRequire local\n",
    "<Foo>\nRequire local\n</Foo>",
  ],
  ...[
    "<RequireAll>\nRequire local\n</RequireAny>",
    section("All", "Order Allow,Deny"),
    section("None", "Require local"),
  ],
  ...[
    section("Any", "Require not local"),
    section("None", "Require not local"),
    "SetEnvIf a",
    "SetEnvIf a ( V",
    "Require local x",
  ],
  ...[
    "Require env",
    "Require nonsense x",
    'Order "Deny,Allow',
    "Order Deny,Allow # and why",
    "Allow from 127.0.0.1 # me",
  ],
];

const INHERITED = [
  ["Order Deny,Allow\nDeny from all", ""],
  ["Order Deny,Allow\nDeny from all", "Allow from 127.9"],
  ["Order Allow,Deny\nAllow from 127.9", "Deny from 10"],
  ["Order Allow,Deny\nAllow from 127.9", "Order Allow,Deny"],
  ["Order Allow,Deny\nAllow from all", "Order Deny,Allow\nDeny from 127.9"],
  ["Order Allow,Deny\nAllow from 127.9", "Require all granted"],
  ["Require all denied", "Require all granted"],
  ["Require all denied", "Order Deny,Allow\nAllow from all"],
  ["Require ip 127.9", ""],
  ["Require ip 127.9", "Require ip 127.0"],
  ["SetEnvIf Remote_Addr 9 NINE", "Require env NINE"],
  ["SetEnvIf Remote_Addr 9 NINE", "SetEnvIf Remote_Addr 8 !NINE\nRequire env NINE"],
  ["Frobnicate on", "Require all granted"],
  ["Require all granted", "Frobnicate on"],
] as const;

const BOTH = [ask("in/file", { clients: CLIENTS })];

/** All trials on which both must agree; the first are every order × allow × deny. */
export function trials(): Trial[] {
  const hosts = ORDERS.flatMap((order) =>
    PARTIES.flatMap((allow) => PARTIES.map((deny) => [order, from("Allow", allow), from("Deny", deny)].join("\n"))),
  );
  return [
    ...[...hosts, ...REQUIREMENTS].map((text) => trial(`${VARIABLES}${text}`, BOTH)),
    ...BROKEN.map((text) => trial(text, BOTH)),
    ...INHERITED.map(([outer, inner]) => trial(outer, BOTH, inner)),
    ...SECTION_TRIALS,
    ...MERGING_TRIALS,
    ...SETTING_TRIALS,
    ...VARIABLE_TRIALS,
    ...DOCUMENT_TRIALS,
    ...PATTERN_TRIALS,
    ...SAMPLE_TRIALS,
  ];
}

/**
 * Deliberate differences of this server, with both answers as statuses, with Location if there is
 * one.
 */
export interface Difference {
  why: string;
  trial: Trial;
  theirs: string;
  ours: string;
}

/** The differences that docs/htaccess.md states. */
export function differences(): Difference[] {
  const of = (why: string, theirs: string, ours: string, made: Trial) => ({ why, theirs, ours, trial: made });
  return [
    of(
      "an index that is a directory is passed over",
      "301 %BASE%/in/sub/",
      "200",
      trial("DirectoryIndex sub b.html", ["in/"]),
    ),
    of("nothing is listed", "200", "403", trial("Options +Indexes", ["in/empty/"])),
    of(
      "rules are never served",
      "200",
      "403",
      trial("<Files .htaccess>\nRequire all granted\n</Files>", [".htaccess"]),
    ),
    of("rules are never served", "200", "403", trial("DirectoryIndex rules", ["in/"], "# by a link to them")),
    of("what is not closed is refused", "200", "500", trial("<IfModule mod_dir.c>\n<Files x>")),
    of(
      "names of fields have no case",
      "200",
      "403",
      trial("SetEnvIf ^TS . V\nDeny from env=V", [ask("in/file", { fields: ["ts1: a"] })]),
    ),
    of("expressions are not known", "404", "500", trial('ErrorDocument 404 "%{REQUEST_URI}"', ["in/nope"])),
    of("mod_so has no directives here", "403", "200", trial("<IfModule mod_so.c>\nDeny from all\n</IfModule>")),
    ...[
      "AddDefaultCharset UTF-8",
      "ServerSignature Off",
      "FileETag None",
      "<If true>\n</If>",
      "<IfVersion >= 2.4>\n</IfVersion>",
    ].map((text) => of("what is not known is refused", "200", "500", trial(text))),
  ];
}

function from(keyword: "Allow" | "Deny", party: string): string {
  return party === "" ? "" : `${keyword} from ${party}`;
}

function section(kind: string, ...lines: string[]): string {
  return [`<Require${kind}>`, ...lines, `</Require${kind}>`].join("\n");
}
