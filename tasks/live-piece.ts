// One thread of `npm run soak`: runs its pieces, one after another, and reports how each ended.

import { parentPort } from "node:worker_threads";
import { liveMany } from "../services/rudp/lab/simulation/lives.ts";

/** A stretch of the soak, with a seed of its own. */
export interface Piece {
  /** The first of its lives, counted over the whole soak. */
  from: number;
  lives: number;
  seed: number;
}

/** `failure`: the smallest failing life, as a plan and as a timeline; null when all ended well. */
export interface PieceResult extends Piece {
  virtualSeconds: number;
  segments: number;
  failure: string | null;
}

parentPort?.on("message", (piece: Piece) => parentPort?.postMessage(livePiece(piece)));

function livePiece(piece: Piece): PieceResult {
  let [virtualSeconds, segments] = [0, 0];
  try {
    liveMany(piece.lives, piece.seed, (life) => {
      virtualSeconds += life.virtualMillis / 1000;
      segments += life.counters.segmentsSent;
    });
    return { ...piece, virtualSeconds, segments, failure: null };
  } catch (error) {
    return { ...piece, virtualSeconds, segments, failure: (error as Error).message };
  }
}
