// `topology graph SCENARIO [FILE]`: the picture of a scenario, as text or as SVG into a file. Needs
// no Docker.

import { writeFile } from "node:fs/promises";
import { EXIT, RttlabError } from "../../lib/errors.ts";
import { pictureSvg } from "../../lib/picture/svg.ts";
import { pictureText } from "../../lib/picture/text.ts";
import { pictureOf } from "../model/picture.ts";
import { readScenarioWord } from "../testbed/scenario-word.ts";
import type { Output } from "./output.ts";

export async function graph([scenario = "", file]: string[], output: Output): Promise<number> {
  const picture = pictureOf(await readScenarioWord(scenario));
  if (file !== undefined) {
    await writeFile(file, `${pictureSvg(picture)}\n`).catch((cause: Error) => {
      throw new RttlabError("E_USAGE", `drawing ${scenario} into ${file}: ${cause.message}`, { cause });
    });
  }
  await output.result({ ...picture, file: file ?? null }, () => file ?? pictureText(picture));
  return EXIT.done;
}
