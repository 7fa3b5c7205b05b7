import { readFileSync } from 'node:fs';

const INTERVAL_MS = 100;
const PAGE_BYTES = 4_096;
const MB = 1_048_576;

/**
 * Watches the resident memory of a process. Reads Linux's /proc; elsewhere nothing is seen, and only
 * Node's own heap limit holds.
 */
export class MemoryWatch {
  readonly #timer: NodeJS.Timeout;
  #maxMb = 0;

  constructor(options: { pid: number; limitMb: number; onExceeded: () => void }) {
    this.#timer = setInterval(() => {
      this.#maxMb = Math.max(this.#maxMb, residentMb(options.pid));
      if (this.#maxMb > options.limitMb) options.onExceeded();
    }, INTERVAL_MS);
  }

  stop(): number {
    clearInterval(this.#timer);
    return this.#maxMb;
  }
}

/** 0 when the process is gone or the system has no /proc. */
function residentMb(pid: number): number {
  try {
    const [, pages] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
    return (Number(pages) * PAGE_BYTES) / MB;
  } catch {
    return 0;
  }
}
