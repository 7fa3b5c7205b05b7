/**
 * 200 connections on 20 gateways, pressed by several processes at once. What must hold is read from the
 * journal afterwards, exactly: who was refused as busy or throttled, and who was not.
 */
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JournalEntry } from '../../local/journal.ts';

const PROCESSES = 4;
const CALLS = 1_500;
const AT_ONCE = 25;
const REGIONS = ['cn-hangzhou', 'cn-shanghai', 'eu-central-1', 'ap-southeast-1', 'us-west-1'];
const GATEWAYS = 20;
const CONNECTIONS = 200;
/** Every window has this length, so that busy can be told from the times alone. */
const WINDOW_MS = 400;
const MINUTE_MS = 60_000;
const RATES: Readonly<Record<string, number>> = {
  ModifyTunnelAttribute: 120,
  DescribeVpnConnections: 600,
};

const gatewayOf = (connection: number): number => connection % GATEWAYS;
const regionOf = (gateway: number): string => REGIONS[gateway % REGIONS.length] ?? '';
const places = Array.from({ length: CONNECTIONS }, (_, connection) => ({
  connection,
  region: regionOf(gatewayOf(connection)),
}));

function fleet() {
  const gateways = Array.from({ length: GATEWAYS }, (_, at) => at);
  return {
    kmsRegion: REGIONS[0],
    regions: REGIONS,
    windowMs: { min: WINDOW_MS, max: WINDOW_MS },
    gateways: gateways.map((at) => ({ id: `vpn-${at}`, region: regionOf(at) })),
    customerGateways: gateways.map((at) => ({
      id: `cgw-${at}`,
      region: regionOf(at),
      ip: `203.0.113.${at}`,
    })),
    connections: places.map(({ connection, region }) => ({
      id: `vco-${connection}`,
      region,
      gateway: `vpn-${gatewayOf(connection)}`,
      tunnels: ['a', 'b'].map((letter) => ({
        id: `tun-${connection}${letter}`,
        customerGateway: `cgw-${gatewayOf(connection)}`,
        key: 'example-psk-old',
      })),
    })),
    secrets: [],
  };
}

let cloud: ChildProcess;
let entries: readonly JournalEntry[];
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-load-'));
  const file = join(folder, 'fleet.json');
  writeFileSync(file, JSON.stringify(fleet()));
  const bundle = fileURLToPath(new URL('../../dist/local/main.mjs', import.meta.url));
  cloud = spawn(process.execPath, [bundle, '--fleet', file], { stdio: ['ignore', 'pipe', 2] });
  if (cloud.stdout === null) throw new Error('no output');
  const [line] = (await once(createInterface({ input: cloud.stdout }), 'line')) as [string];
  const addresses = JSON.parse(line) as { control: string };
  const client = fileURLToPath(new URL('load-client.mjs', import.meta.url));
  const pressing = Array.from({ length: PROCESSES }, (_, seed) => {
    const given = { ...addresses, seed, calls: CALLS, atOnce: AT_ONCE, connections: places };
    return promisify(execFile)(process.execPath, [client, JSON.stringify(given)]);
  });
  await Promise.all(pressing);
  const response = await fetch(`${addresses.control}/journal`);
  const journal = (await response.json()) as { dropped: number; entries: JournalEntry[] };
  if (journal.dropped > 0) throw new Error('the journal was too short for this load');
  ({ entries } = journal);
  rmSync(folder, { recursive: true });
}, 120_000);
afterAll(() => cloud.kill());

const isThrottled = ({ code }: JournalEntry): boolean => code === 'Throttling.User';
const opened = ({ effects }: JournalEntry): string | undefined =>
  effects.find(({ kind }) => kind === 'window-opened')?.id;
const parameter = ({ url }: JournalEntry, name: string): string =>
  new URLSearchParams(url.slice(1)).get(name) ?? '';

test('every call of every process is in the journal', () => {
  expect(entries).toHaveLength(PROCESSES * CALLS);
  const codes = new Set(entries.map(({ code }) => code ?? 'ok'));
  expect(codes).toEqual(
    new Set(['ok', 'VpnGateway.Configuring', 'Throttling.User', 'IdempotentParameterMismatch']),
  );
});

test('a gateway takes one change at a time, and refuses as busy only while it is', () => {
  const lastOpened = new Map<string, number>();
  const refused: JournalEntry[] = [];
  const wrong: JournalEntry[] = [];
  for (const entry of entries) {
    const connection = Number(parameter(entry, 'VpnConnectionId').slice(4));
    const gateway = `vpn-${gatewayOf(connection)}`;
    const since = entry.time - (lastOpened.get(gateway) ?? Number.NEGATIVE_INFINITY);
    const window = opened(entry);
    const busy = entry.code === 'VpnGateway.Configuring';
    if (window !== undefined && (window !== gateway || since < WINDOW_MS)) wrong.push(entry);
    if (busy && since >= WINDOW_MS) wrong.push(entry);
    if (busy) refused.push(entry);
    if (window !== undefined) lastOpened.set(gateway, entry.time);
  }
  expect(wrong).toEqual([]);
  expect(refused.length).toBeGreaterThan(0);
  expect(lastOpened.size).toBe(GATEWAYS);
});

test('a token does its work once, for one request, whoever sends it', () => {
  const worked = new Map<string, JournalEntry>();
  const repeated: JournalEntry[] = [];
  const wrong: JournalEntry[] = [];
  for (const entry of entries) {
    const { clientTokenHash: token, code } = entry;
    if (token === null || isThrottled(entry)) continue;
    const first = worked.get(token);
    if (first === undefined) {
      if (opened(entry) !== undefined) worked.set(token, entry);
      continue;
    }
    repeated.push(entry);
    const mismatch = code === 'IdempotentParameterMismatch';
    const other = parameter(entry, 'TunnelId') !== parameter(first, 'TunnelId');
    const right = entry.effects.length === 0 && (mismatch || (code === null && !other));
    if (!right) wrong.push(entry);
  }
  expect(wrong).toEqual([]);
  expect(repeated.length).toBeGreaterThan(0);
});

test.each(Object.entries(RATES))(
  '%s: the %i calls of a minute are let in, and not one more, in each region',
  (action, rate) => {
    const wrong: JournalEntry[] = [];
    for (const region of REGIONS) {
      const accepted: number[] = [];
      for (const entry of entries) {
        if (entry.action !== action || entry.region !== region) continue;
        const full = (accepted.at(-rate) ?? Number.NEGATIVE_INFINITY) > entry.time - MINUTE_MS;
        if (isThrottled(entry) !== full) wrong.push(entry);
        if (!full) accepted.push(entry.time);
      }
      expect(accepted.length).toBeGreaterThan(0);
    }
    expect(wrong).toEqual([]);
  },
);
