import { describe, expect, test } from 'vitest';
import type { Params } from '../../../local/operation.ts';
import { NEGOTIATE_MS, NEW, OLD, REGION, START, WINDOW_MS, World } from './world.ts';

const TUNNEL = { RegionId: REGION, VpnConnectionId: 'vco-a', TunnelId: 'tun-a1' };
const seconds = (at: number): string => String(Math.floor(at / 1_000));

function logs(world: World, params: Params = {}): readonly string[] {
  const body = world.ok('DescribeVpnConnectionLogs', { ...TUNNEL, PageSize: '50', ...params });
  return (body['Data'] as { Logs: string[] }).Logs;
}

function rekeyed(key: string): World {
  const world = new World({ farEnd: { keys: [key] } });
  world.rekey('tun-a1');
  world.pass(WINDOW_MS + NEGOTIATE_MS);
  return world;
}

describe('the log of a tunnel', () => {
  test('says newest first that the new key was negotiated', () => {
    const texts = logs(rekeyed(NEW)).map((line) => line.replace(/^\S+ \[IKE\] /, ''));
    expect(texts).toEqual([
      expect.stringMatching(/^CHILD_SA tun-a1\{2\} established with TS /),
      expect.stringMatching(/^IKE_SA tun-a1\[2\] established between /),
      expect.stringMatching(/^initiating IKE_SA tun-a1\[2\] to 203\.0\.113\.1$/),
      expect.stringMatching(/^deleting IKE_SA tun-a1\[1\] between /),
    ]);
  });

  test('says that the keys differ, and never a key', () => {
    const text = logs(rekeyed(OLD)).join('\n');
    expect(text).toContain('but MAC mismatched');
    expect(text).not.toContain(NEW);
    expect(text).not.toContain(OLD);
  });

  test('with IKEv1 cannot tell a wrong key from a garbled packet', () => {
    const world = new World({ farEnd: { keys: [OLD] } });
    world.modify('tun-a1', { 'TunnelIkeConfig.IkeVersion': 'ikev1', 'TunnelIkeConfig.Psk': NEW });
    world.pass(WINDOW_MS + NEGOTIATE_MS);
    expect(logs(world).join('\n')).toContain('invalid HASH_V1 payload length, decryption failed?');
  });

  test('is cut to whole seconds, both included', () => {
    const world = rekeyed(NEW);
    const end = START + WINDOW_MS;
    expect(logs(world, { From: seconds(end), To: seconds(end) })).toHaveLength(4);
    expect(logs(world, { From: seconds(end + 1_000), To: seconds(end + 2_000) })).toEqual([]);
    expect(logs(world, { From: seconds(START), To: seconds(end - 1_000) })).toEqual([]);
  });

  test('goes back ten minutes by default', () => {
    const world = rekeyed(NEW);
    world.pass(599_000 - NEGOTIATE_MS);
    expect(logs(world)).not.toEqual([]);
    world.pass(2_000);
    expect(logs(world)).toEqual([]);
  });

  test('has a count of its page, no total', () => {
    const body = rekeyed(NEW);
    const page = body.ok('DescribeVpnConnectionLogs', { ...TUNNEL, PageSize: '3' });
    expect(page).toMatchObject({ Count: 3, IsCompleted: true, PageSize: 3 });
    expect(page).not.toHaveProperty('TotalCount');
  });

  test.each([
    [{ TunnelId: '' }, '404 InvalidTunnelId.NotFound'],
    [{ From: '1' }, '400 MissingTo'],
    [{ MinutePeriod: '11' }, '400 IllegalParam.MinutePeriod'],
    [{ From: 'yesterday', To: '2' }, '400 IllegalParam.From'],
  ])('refuses %j', (params, outcome) => {
    const call = { ...TUNNEL, ...params } as Params;
    expect(new World().outcome('DescribeVpnConnectionLogs', call)).toBe(outcome);
  });

  test('of a single-tunnel connection needs no tunnel', () => {
    const single = { RegionId: REGION, VpnConnectionId: 'vco-s' };
    expect(new World().outcome('DescribeVpnConnectionLogs', single)).toBe('200');
    const dual = { RegionId: REGION, VpnConnectionId: 'vco-a' };
    expect(new World().outcome('DescribeVpnConnectionLogs', dual)).toBe('400 MissingTunnelId');
  });
});

describe('the diagnosis of a tunnel', () => {
  const diagnosis = (world: World) => {
    const ids = { 'TunnelIds.1': 'tun-a1' };
    const body = world.ok('DiagnoseVpnConnections', { RegionId: REGION, ...ids });
    return (body['VpnConnections'] as Params[])[0];
  };

  test('is normal', () => {
    expect(diagnosis(rekeyed(NEW))).toEqual({
      VpnConnectionId: 'vco-a',
      TunnelId: 'tun-a1',
      Severity: 'Normal',
    });
  });

  test('calls a wrong key a timeout of phase 1', () => {
    expect(diagnosis(rekeyed(OLD))).toMatchObject({
      Severity: 'Critical',
      FailedReasonCode: 'Phase1NegotiationTimeout',
    });
  });

  test('is still critical after a day, because attempts are at most two minutes apart', () => {
    const world = rekeyed(OLD);
    for (let hour = 0; hour < 24; hour += 1) {
      world.pass(3_600_000);
      expect(diagnosis(world)).toMatchObject({ Severity: 'Critical' });
    }
  });

  test('names the setting both ends disagree about', () => {
    const world = new World({ farEnd: { keys: [NEW], settings: { IkeEncAlg: 'aes' } } });
    world.rekey('tun-a1');
    world.pass(WINDOW_MS + NEGOTIATE_MS);
    expect(diagnosis(world)).toMatchObject({
      FailedReasonCode: 'EncryptionAlgorithmMismatch',
      MismatchLocalParam: 'IkeEncAlg=aes256',
      MismatchRemoteParam: 'IkeEncAlg=aes',
    });
  });

  test('looks at the ones that are named, single-tunnel ones by connection', () => {
    const VpnConnections = (params: Params) =>
      new World().ok('DiagnoseVpnConnections', { RegionId: REGION, ...params })['VpnConnections'];
    expect(VpnConnections({ 'VpnConnectionIds.1': 'vco-s' })).toHaveLength(1);
    expect(VpnConnections({ 'VpnConnectionIds.1': 'vco-a' })).toEqual([]);
    expect(VpnConnections({})).toEqual([]);
  });
});
