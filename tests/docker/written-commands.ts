// The command lines of a page: those of its ```sh blocks that run rttlab, without their trailing
// comments. Only a comment with the reason exempts a line: `# not run: …`.

const COMMAND = /^(npm run (-s )?(topology|generate)\b|\.\/bin\/rttlab topology\b)/;

export function commandLines(markdown: string): { command: string; line: number }[] {
  let inside = false;
  return markdown.split("\n").flatMap((text, index) => {
    if (text.startsWith("```")) inside = text === "```sh";
    const [written = "", comment = ""] = text.split(/\s+#\s*/, 2);
    const runs = inside && COMMAND.test(written) && !comment.startsWith("not run:");
    return runs ? [{ command: written.trim(), line: index + 1 }] : [];
  });
}
