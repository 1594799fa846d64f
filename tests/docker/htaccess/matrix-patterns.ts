// Trials of PCRE2 patterns on values of a field, and patterns that this server refuses
// deliberately. Patterns are separated by two blanks or line ends and written as they are, an octet
// per character.

import { fields, type Trial, trial, unlessV } from "./matrix-trial.ts";

const VALUES = [
  "abc",
  "ABC",
  "a1b",
  "a b",
  "a_b",
  "a.b",
  "aaa",
  "",
  "a\tb",
  "\xe9",
  "\xc9",
  "a-b",
  "b",
  "]",
  "^",
  "\\",
  "ab\x85c",
  "x{2}",
  "xx",
  "a,b",
  "-",
  "$5",
  "foo bar",
  "\xa0",
  "1",
  "A",
  "[",
  "(a)",
  "d",
  "Q.E",
  "\x80",
  "\xff",
];

/** Patterns that both read alike, including malformed ones. */
const PATTERNS = listed(String.raw`
  ^abc$  [[:alpha:]]  ^[[:alnum:]]+$  ^[[:space:]]  [[:space:]]  [[:digit:]]  ^[^[:digit:]]+$  [[:upper:]]
  [[:lower:]]  [[:punct:]]  [[:xdigit:]]  [[:word:]]  [[:cntrl:]]  [[:print:]]  ^[[:graph:]]+$  [[:ascii:]]
  [[:blank:]]  [[:^alpha:]]  [[:foo:]]  [:alpha:]  [[.a.]]  [[=a=]]  \d  \D  \w+\s\w+  ^\w+$  \W  \S  ^\S*$  \h
  \H  \v  \V  \R  \N  \bb  \Bb  \Aabc  abc\z  \x41  \x{41}  \xe9  \x{e9}  \x{100}  \101  \07  \t  \n  \e  \a  \f
  \Qa.b\E  \QQ.E  \E  a\E  \q  \y  \i  \k<a>  \1  (?i)abc  (?-i)abc  a(?i)b  (?i:A)bc  (?s)a.b  (?m)^b  (?U)a+
  (?#c)abc  (?<n>a)  (?P<n>a)  (?'n'a)  (?P=n)  (?P>n)  a{2}  x{2}  x{2,}  x{0,3}$  x{  x{2  x{a}  {2}  a{3,1}
  a{65536}  *a  a**  a+*  (a*)*  ()  (|a)  a||b  [  ]  []]  [^]]  []  [^]  [a  [a-]  [-a]  [a-c-e]  [c-a]
  [a-\d]  [\d-a]  [\d-]  [\w.]  [\]]  [\\]  [\b]  [\x41-\x43]  [\n]  [^\w\s]  [\W]  [\D]  [.]  [$]  [\q]  [[]
  [[a]  [a[:digit:]b]  [[:digit:]-z]  [[:digit:]-]  a|b  ^  $  ^$  ^.$  ^..$  .  \.  \$5  \\  (  a)  (?  (?:
  (?<  (?'  ^(?:a|b)c?$  é  [à-ï]  [^é]  Ã©  ^\xa0$  (a)(b)?(c)  (?i  a{0}b  ^*  ^+a  $*  \b*a  (?i)[[:upper:]]
  (?i)[^a]  [\h]  [\v]  [\R]  [\N]  [\X]  [\B]  [\A]  \u0041  \U  \l  \L  a{1}?  a??  (?i)é  [a-z&&[b]]  (?:a
  (?i)k  \b{2}  (?:)*  ()*  (a|b)*?c  [\01]  \c  \Q  \Qab  [:space:]+  [^:alpha:]  [^\x80-\xff]  [\x80-\xff]
  [\x7f-\x81]  \x80  ^[^a]$  ^[^\d]+$  (?i)[^\xe9]  ^(?:(?:a|b|c){1,3})$  (?i)ABC|x{2}
`);

/** Patterns that Apache runs, or reads otherwise. */
const REFUSED = listed(String.raw`
  [\8]  (?=a)a  (?!a)b  (?<=a)b  (?<!a)b  (?>a)b  a*+  a++  a?+  a{2}+  (a)\1  \g1  (?R)  (?1)  abc\Z  \Gabc
  \p{L}  \pL  \X  \C  a\Kb  (?x) a b  (?J)a  (?n)a  (?|a|b)  (*UTF8)a  (*ACCEPT)  x{,2}  a{1001}  [a\Eb]
  [\Qa-c\E]  \cA  [\cA]  \o{101}  (?^)a  x{2}{2}  (?i)[[:^upper:]]  [[:<:]]b  (?xx)a
`);

const IGNORING_CASE = listed(String.raw`
  abc  [[:upper:]]  [[:lower:]]  [^a]  \x41  é  [a-z]+  [à-ï]  a\.b  \W  (?-i)abc
`);

export const PATTERN_TRIALS: Trial[] = [
  ...PATTERNS.map((pattern) => patternTrial("SetEnvIf", pattern)),
  ...IGNORING_CASE.map((pattern) => patternTrial("SetEnvIfNoCase", pattern)),
];

/** Files of rules that are broken here, whatever Apache does with them. */
export const REFUSED_TRIALS: Trial[] = REFUSED.map((pattern) => patternTrial("SetEnvIf", pattern));

function listed(text: string): string[] {
  return text.trim().split(/ {2}|\n */);
}

/** A pattern as a word of a line. */
function patternTrial(directive: string, pattern: string): Trial {
  const word = `"${pattern.replace(/[\\"]/g, "\\$&")}"`;
  return trial(
    unlessV(`${directive} X-T ${word} V`),
    VALUES.map((value) => fields(`X-T: ${value}`)),
  );
}
