import type { Connection } from '../core/fleet.ts';
import type { Outcome } from '../core/failure.ts';
import { durationMs } from '../core/units.ts';
import type { Run } from './context.ts';
import { readConnections } from './gather.ts';
import { LISTING_INCONSISTENT, PAGE_SIZE } from './pages.ts';
import type { LockHolder } from './watch.ts';

/** Who hears of a read: told when it begins, and then what it showed of the holder's connections. */
export interface Reader<T> {
  readonly holder: LockHolder;
  readBegins(): (shown: readonly Connection[]) => T;
}

type Answers<T> = ReadonlyMap<Reader<T>, Promise<Outcome<T>>>;

/** A listing of more pages would be old before its end. */
const MOST_PAGES = 10;

/**
 * Reads of one region's connections. Lanes that ask at the same moment share the requests: one for each of
 * them, or the whole listing where that takes no more pages. Then every lane of the region hears of it.
 */
export class RegionReads<T> {
  readonly #run: Run;
  readonly #regionId: string;
  readonly #readers: Reader<T>[] = [];
  #asking = new Set<Reader<T>>();
  #next: Promise<Answers<T>> | null = null;
  /** How many connections the region has, as far as that is known. */
  #size: number;

  constructor(run: Run, regionId: string, size: number) {
    this.#run = run;
    this.#regionId = regionId;
    this.#size = size;
  }

  /** Whoever is to hear of reads that others ask for. */
  join(reader: Reader<T>): void {
    this.#readers.push(reader);
  }

  /** What a read that begins from now on makes of the reader's connections. It must have joined. */
  async read(reader: Reader<T>): Promise<Outcome<T>> {
    this.#asking.add(reader);
    this.#next ??= this.#ask();
    const answer = (await this.#next).get(reader);
    if (answer === undefined) throw new Error('a read without an answer');
    return answer;
  }

  async #ask(): Promise<Answers<T>> {
    // Those who come at the same moment are in.
    await this.#run.ports.clock.sleep(durationMs(0));
    const asking = this.#asking;
    this.#asking = new Set();
    this.#next = null;
    const pages = Math.ceil(this.#size / PAGE_SIZE);
    const whole = pages <= Math.min(MOST_PAGES, asking.size) ? await this.#readAll() : null;
    return whole ?? new Map([...asking].map((reader) => [reader, this.#readOne(reader)]));
  }

  async #readOne(reader: Reader<T>): Promise<Outcome<T>> {
    const { kind: _, ...only } = reader.holder;
    const showed = reader.readBegins();
    const read = await readConnections(this.#run, this.#regionId, only);
    return read.kind === 'ok' ? { kind: 'ok', value: showed(read.value) } : read;
  }

  /** The whole listing, for everybody; null where its pages do not add up. */
  async #readAll(): Promise<Answers<T> | null> {
    const begun = this.#readers.map((reader) => ({ reader, showed: reader.readBegins() }));
    const read = await readConnections(this.#run, this.#regionId, {}, 1);
    if (read.kind !== 'ok') {
      if (read.error.code === LISTING_INCONSISTENT) return null;
      return new Map(begun.map(({ reader }) => [reader, Promise.resolve(read)]));
    }
    this.#size = read.value.length;
    const byHolder = new Map<string, Connection[]>();
    for (const connection of read.value) {
      const id = connection.vpnGatewayId ?? connection.vpnConnectionId;
      const mine = byHolder.get(id);
      if (mine === undefined) byHolder.set(id, [connection]);
      else mine.push(connection);
    }
    return new Map(
      begun.map(({ reader, showed }) => {
        const value = showed(byHolder.get(idOf(reader.holder)) ?? []);
        return [reader, Promise.resolve({ kind: 'ok', value })];
      }),
    );
  }
}

const idOf = (holder: LockHolder): string =>
  holder.kind === 'gateway' ? holder.vpnGatewayId : holder.vpnConnectionId;
