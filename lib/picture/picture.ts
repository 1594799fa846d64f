// A topology as it is drawn: its networks, the hosts on them and the links between them, with their
// settings as people write them. Scenarios, reports and the live page draw it with the same code.

export interface Picture {
  networks: readonly string[];
  /** `within`: the host whose network it shares. */
  hosts: readonly { name: string; role: string; on: string; within?: string }[];
  links: readonly PictureLink[];
}

export interface PictureLink {
  name: string;
  between: readonly [first: string, second: string];
  settings: string;
}

/** The hosts on a network, each with its role unless it is named by that. */
export function hostTexts({ hosts }: Picture, network: string): { name: string; text: string }[] {
  return hosts
    .filter(({ on }) => on === network)
    .map(({ name, role, within }) => {
      const place = within === undefined ? role : `in ${within}`;
      return { name, text: name === place ? name : `${name} (${place})` };
    });
}
