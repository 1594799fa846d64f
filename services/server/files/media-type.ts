// The media type of a file by the ending of its name: mime-types, which carries IANA's and Apache's tables.

import { contentType } from "mime-types";

/** The value for Content-Type; octets of no known kind are `application/octet-stream`. */
export function mediaType(path: string): string {
  return contentType(path.slice(path.lastIndexOf("/") + 1)) || "application/octet-stream";
}
