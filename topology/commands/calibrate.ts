import type { Engine } from "../apply/docker.ts";
import type { Output } from "./output.ts";
export async function calibrateLinks(_e: Engine, _s: string, _l: string[], _o: Output): Promise<{text: string; exitStatus: number}> { throw new Error("not yet"); }
export async function calibrate(_w: string[], _o: Output): Promise<number> { throw new Error("not yet"); }
