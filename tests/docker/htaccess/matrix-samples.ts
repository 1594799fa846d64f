// Trials of whole files as people write them: files from common software, and recipes from manuals.

import { ask, fields, type Trial, trial } from "./matrix-trial.ts";

export const SAMPLE_TRIALS: Trial[] = [
  trial(
    `# BEGIN WordPress
<IfModule mod_rewrite.c>
RewriteEngine On
RewriteBase /
RewriteRule ^index\\.php$ - [L]
RewriteCond %{REQUEST_FILENAME} !-f
RewriteRule . /index.php [L]
</IfModule>
# END WordPress
<Files wp-config.php>
order allow,deny
deny from all
</Files>
Options All -Indexes
<FilesMatch "^.*(error_log|wp-config\\.php|php.ini|\\.[hH][tT][aApP].*)$">
Order deny,allow
Deny from all
</FilesMatch>`,
    ["in/file", "in/", "in/wp-config.php", "in/empty/"],
  ),
  trial(
    `<FilesMatch "\\.(engine|inc|txt|module)(~|\\.sw[op]|\\.bak)?$|^(\\..*|Entries.*|Repository|Root|#.*#)$|^composer\\.(json|lock)$">\n  <IfModule mod_authz_core.c>\n    Require all denied\n  </IfModule>\n  <IfModule !mod_authz_core.c>\n    Order allow,deny\n  </IfModule>\n</FilesMatch>\nOptions -Indexes\nErrorDocument 404 %BASE%/in/error.html\nDirectoryIndex index.php index.html index.htm`,
    ["in/a.txt", "in/", "in/file", "in/nope", "in/composer.json", ".x"],
  ),
  trial(
    `SetEnvIfNoCase User-Agent "^(?:.*)(bot|crawler|spider|HTTrack)" bad_bot\nSetEnvIfNoCase Referer "(spam|casino)\\.(com|net)" bad_bot\n<Limit GET POST HEAD>\nOrder Allow,Deny\nAllow from all\nDeny from env=bad_bot\n</Limit>`,
    [
      fields(),
      fields("User-Agent: GoogleBot/2"),
      fields("User-Agent: Mozilla"),
      fields("Referer: http://x.casino.net/"),
    ],
  ),
  trial(
    `SetEnvIf Referer "^https?://(www\\.)?example\\.org(/|$)" local_ref=1\nSetEnvIf Referer ^$ local_ref=1\n<FilesMatch "\\.(txt|gif|png)$">\nOrder Deny,Allow\nDeny from all\nAllow from env=local_ref\n</FilesMatch>`,
    [
      "in/a.txt",
      ask("in/a.txt", { fields: ["Referer: https://www.example.org/x"] }),
      ask("in/a.txt", { fields: ["Referer: https://www.example.org.evil/x"] }),
      ask("in/file", { fields: ["Referer: evil"] }),
    ],
  ),
  trial(
    `SetEnvIf X-Forwarded-For "^10\\.([0-9]+)\\." CLIENT=ten-$1\nSetEnvIf CLIENT "^ten-7$" SEVEN\nRequire env SEVEN`,
    [fields("X-Forwarded-For: 10.7.1.1"), fields("X-Forwarded-For: 10.8.1.1"), fields()],
  ),
  trial(
    `<RequireAll>\nRequire all granted\nRequire not ip 10.0.0.0/8 192.168.0.0/16\nRequire not host example.com\n</RequireAll>`,
  ),
  trial(`<RequireAny>\nRequire ip 127.0.0.1 ::1\nRequire local\n</RequireAny>`),
  trial(`Order deny,allow\nDeny from all\nAllow from 10.0.0.0/8 127.0.0.1/32`),
  trial(`<Files ~ "^.*\\.([Hh][Tt][Aa])">\nOrder allow,deny\nDeny from all\nSatisfy all\n</Files>`, [
    "in/.hta",
    "in/file",
  ]),
  trial(
    `<LimitExcept GET POST HEAD>\nRequire all denied\n</LimitExcept>\n<Files "*.t?t">\n<LimitExcept GET>\nRequire all denied\n</LimitExcept>\n</Files>`,
    ["in/file", "in/a.txt", ask("in/a.txt", { method: "HEAD" })],
  ),
  trial(
    `<IfModule mod_mime.c>\nAddType application/x-font-woff .woff .woff2\nAddType image/svg+xml svg svgz\nAddType 'text/plain; charset=UTF-8' .txt .foo\n</IfModule>`,
    ["in/c.foo", "in/a.txt"],
  ),
  trial(
    `ErrorDocument 404 "<html><body><h1>Not &quot;here&quot;</h1></body></html>"\nErrorDocument 403 'No'\nErrorDocument 500 "oops"`,
    ["in/nope", "in/empty/"],
  ),
  trial(`Options +FollowSymLinks -MultiViews -Indexes`, ["in/link"]),
  trial("Options -ExecCGI -Indexes -Includes", ["in/link"]),
  trial(`Options +SymLinksIfOwnerMatch -Indexes`, ["in/link"]),
  trial(
    "<IfModule !mod_nope.c>\n  <IfModule mod_dir.c>\n    <Files file>\n      <RequireAll>\n        Require all granted\n        Require not env V\n      </RequireAll>\n    </Files>\n  </IfModule>\n</IfModule>\nSetEnvIf Request_URI in V",
  ),
  trial(
    "<IfModule mod_dir.c>\n  <IfModule nope.c>\n    Frob\n    <IfModule mod_dir.c>\n Frob2\n</IfModule>\n  </IfModule>\n  Require all denied\n</IfModule>",
  ),
  trial(
    'SetEnvIf Request_URI "\\.(?:txt|html)$" doc\nSetEnvIf doc 1 isdoc=yes\nSetEnvIf isdoc ^yes$ !doc\nRequire env doc',
    ["in/a.txt", "in/file"],
  ),
  trial('SetEnvIf Remote_Addr "(\\d+)\\.(\\d+)\\.(\\d+)\\.(\\d+)" last=$4\nSetEnvIf last ^1$ one\nRequire env one'),
  trial('BrowserMatchNoCase "(msie|trident)[ /]*(\\d+)" ie=$2\nSetEnvIf ie "^[5-8]$" old\nDeny from env=old', [
    fields("User-Agent: MSIE 7"),
    fields("User-Agent: MSIE 11"),
    fields(),
  ]),
  trial('SetEnvIf Host "^www\\." www\nDeny from env=www', [
    fields("Host: www.x"),
    fields("Host: x"),
    fields("Host: WWW.x"),
  ]),
  trial("SetEnvIf Accept-Language (?i)de de\nDeny from env=de", [fields("Accept-Language: DE"), fields()]),
  trial("SetEnvIf Authorization .+ A\nDeny from env=A", [fields("Authorization: Basic x"), fields()]),
  trial("SetEnvIf Content-Type . A\nDeny from env=A", [fields("Content-Type: x"), fields()]),
  trial("SetEnvIf Range . A\nDeny from env=A", [fields("Range: bytes=0-0"), fields()]),
  trial("SetEnvIf If-None-Match . A\nDeny from env=A", [fields('If-None-Match: "x"'), fields()]),
  trial("SetEnvIf Connection close A\nDeny from env=A", [fields("Connection: close"), fields()]),
  trial("SetEnvIf Accept . A\nSetEnvIf Accept . B\nRequire env B", [fields("Accept: a"), fields()]),
  trial("DirectoryIndex index.php\nDirectoryIndex index.html", ["in/"]),
  trial("DirectoryIndex index.php /fallback.php", ["in/"]),
  trial("DirectoryIndex %BASE%/in/b.html", ["in/", "in/empty/", "in/sub/"]),
  trial("Deny from all\n", undefined, "Satisfy Any"),
  trial("Require all denied\n", ["in/sub/x.html", "in/file"], "", "Require all granted"),
  trial("Order deny,allow\nDeny from all", ["in/sub/x.html"], "", "Order allow,deny\nAllow from all"),
  trial("Deny from all\nRequire all denied", ["in/sub/x.html"], "Allow from all", "Require all granted"),
  trial('<Files "*">\nRequire all denied\n</Files>\n<Files "a.txt">\nRequire all granted\n</Files>', [
    "in/a.txt",
    "in/file",
    "in/",
  ]),
  trial("Require all granted\n<Files *.html>\nRequire ip 10\n</Files>", ["in/b.html", "in/", "in/file"]),
  trial(
    "ErrorDocument 404 %BASE%/in/error.html\nErrorDocument 403 %BASE%/in/error.html\n<Files error.html>\nRequire all granted\n</Files>\nRequire all denied",
    ["in/file", "in/nope", "in/error.html"],
  ),
  trial("ErrorDocument 403 %BASE%/in/\nDeny from all\n<Files index.html>\nAllow from all\n</Files>", ["in/file"]),
  trial("ErrorDocument 404 %BASE%/in/error.html", [
    "in/nope?q=1",
    ask("in/nope", { version: "1.1", fields: ["Host: a"] }),
  ]),
  trial("SetEnvIf Request_URI . V\nRequire not env V"),
  trial("Require env"),
  trial("Require env A B"),
  trial("Require ip 127.0.0.1 10.0.0.1/8"),
  trial("Require host .localhost localhost"),
  trial("Require all granted\nRequire ip 10"),
  trial("Allow from all\nAllow from all\nDeny from 10 127.0.0.1"),
  trial("order Allow,Deny\nallow from 127.0.0.1 10.1.2.3\ndeny from 10.1"),
  trial("<Limit GET HEAD>\nRequire ip 127\n</Limit>\n<LimitExcept GET HEAD>\nRequire all denied\n</LimitExcept>", [
    "in/file",
    ask("in/file", { method: "POST" }),
  ]),
  trial('<Files "sub">\nOptions None\nErrorDocument 404 x\n</Files>', ["in/sub/nope", "in/sub"]),
];
