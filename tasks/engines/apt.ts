// The place of Debian's archive by this machine's apt, and the options by which it is reached.

/** Words of apt-get that list the archives of Debian's packages, one a line. */
export const ARCHIVE_QUERY = [
  ...["indextargets", "--format", "$(LABEL) $(REPO_URI)"],
  ...["Created-By: Packages", "Origin: Debian"],
];

/** The word for mmdebstrap; none if apt knows no archive of Debian: mmdebstrap has a usual one. */
export function archiveOf(targets: string): string[] {
  const [, archive] = /^Debian (\S+)$/m.exec(targets) ?? [];
  return archive === undefined ? [] : [archive];
}

/** Of apt's whole configuration of fetching, that which another apt needs to reach the archive. */
export function lastingOptions(dump: string): string {
  const isNeeded = (line: string) => /^Acquire::(Check-Valid-Until|Check-Date|Retries|https?::|ForceIPv4)/i.test(line);
  return `${dump.split("\n").filter(isNeeded).join("\n")}\n`;
}
