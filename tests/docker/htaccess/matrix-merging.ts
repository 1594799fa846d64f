// Trials of Satisfy and AuthMerging, which decide how rules are joined.

import { METHODS, type Trial, trial } from "./matrix-trial.ts";

const DENIED = "Order Deny,Allow\nDeny from all";

const SATISFY = ["Any", "All", "any", '"any"', "Foo", "", "Any x"].flatMap((word) => [
  trial(`Satisfy ${word}`),
  ...["Require all denied", `${DENIED}\nRequire all granted`, `${DENIED}\nRequire all denied`, DENIED].map((text) =>
    trial(`Satisfy ${word}\n${text}`),
  ),
  trial(`Satisfy ${word}\nOrder Allow,Deny\nAllow from all\nRequire all denied`),
]);

const MERGING = ["And", "Or", "Off", "and", '"or"', "x", ""].flatMap((word) => {
  const line = `AuthMerging ${word}`;
  const inDirectories = [
    ["Require ip 127.0", `${line}\nRequire ip 10`],
    ["Require ip 127.0", `${line}\nRequire ip 127`],
    ["Require ip 10", `${line}\nRequire ip 127`],
    ["Require ip 10", line],
    [`${line}\nRequire ip 10`, "Require ip 127"],
    [`${line}\nRequire ip 127`, "Require ip 10"],
    [line, "Require ip 10"],
    ["Require ip 127", `${line}\nRequire not ip 10`],
    ["Require ip 127", `Require not ip 10\n${line}`],
    ["Require ip 127", `${line}\n<RequireNone>\nRequire ip 10\n</RequireNone>`],
    ["Require ip 127", `${line}\n<RequireAll>\nRequire not ip 10\n</RequireAll>`],
    ["Require ip 127", `${line}\n<Limit POST>\nRequire all denied\n</Limit>`],
    ["<Limit POST>\nRequire all denied\n</Limit>", `${line}\nRequire ip 127`],
    ["<Limit POST>\nRequire all denied\n</Limit>", `${line}\n<Limit GET>\nRequire all denied\n</Limit>`],
    ["Require ip 127", `${line}\nRequire ip 10\nRequire ip 127`],
  ].map(([outer = "", inner]) => trial(outer, METHODS.slice(0, 3), inner));
  const deep = ["Require ip 127", "", "AuthMerging Or\nRequire ip 11", "AuthMerging And\nRequire ip 127"].flatMap(
    (sub) => [
      trial("Require ip 10", ["in/sub/x.html"], `${line}\nRequire ip 127`, sub),
      trial("Require ip 10", ["in/sub/x.html"], line, sub),
    ],
  );
  const inFiles = ["Require ip 10", "Require ip 127"].flatMap((outer) =>
    ["Require ip 10", "Require ip 127", ""].map((inner) =>
      trial(`${outer}\n<Files file>\n${line}\n${inner}\n</Files>`),
    ),
  );
  return [trial(`${line}\nRequire all denied`), ...inDirectories, ...deep, ...inFiles];
});

export const MERGING_TRIALS: Trial[] = [
  ...SATISFY,
  trial("Satisfy Any\nRequire all denied", undefined, "Require all denied"),
  trial("Satisfy Any\nDeny from all", undefined, DENIED),
  trial("Satisfy Any", undefined, DENIED),
  trial(DENIED, undefined, "Satisfy All"),
  trial("Satisfy Any\nSatisfy All\nRequire all denied"),
  trial("Satisfy Any\nDeny from all\n<Limit POST>\nRequire all denied\n</Limit>", METHODS),
  trial("Satisfy Any\n<RequireAll>\nRequire all granted\nRequire not ip 127\n</RequireAll>\nDeny from all"),
  ...MERGING,
];
