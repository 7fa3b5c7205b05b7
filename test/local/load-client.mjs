// One of several processes that press a local cloud at once, with a client of the vendor's. It sends
// everything in the query, so that the journal says which tunnel a call was about. Addresses and
// seed come as JSON in the first argument (the key in it opens a local cloud only). Prints how many calls
// it made.
import Core from '@alicloud/pop-core';

const { vpc, accessKeyId, accessKeySecret, seed, calls, atOnce, connections } = JSON.parse(
  process.argv[2],
);
const client = new Core({
  endpoint: vpc,
  apiVersion: '2016-04-28',
  accessKeyId,
  accessKeySecret,
  opts: { timeout: 60_000 },
});

/** Mulberry32: each process has its own order, the same every time. */
let state = seed;
function random(below) {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) % below;
}

/** Tokens are shared by all processes, so that some arrive twice and some with another request. */
function draw() {
  const { region, connection } = connections[random(connections.length)];
  const RegionId = region;
  if (random(4) === 0) return ['DescribeVpnConnections', { RegionId, PageSize: 50 }];
  const letter = 'ab'[random(2)];
  const write = {
    RegionId,
    VpnConnectionId: `vco-${connection}`,
    TunnelId: `tun-${connection}${letter}`,
    'TunnelOptionsSpecification.TunnelIkeConfig.Psk': `example-psk-${random(3)}`,
  };
  if (random(10) > 0) write.ClientToken = `token-${random(300)}`;
  return ['ModifyTunnelAttribute', write];
}

async function press() {
  for (let made = 0; made < calls / atOnce; made += 1) {
    try {
      await client.request(...draw(), { method: 'GET' });
    } catch (error) {
      // A refusal is an answer; anything else is not.
      if (typeof error.data?.Code !== 'string') throw error;
    }
  }
}

await Promise.all(Array.from({ length: atOnce }, press));
process.stdout.write(`${calls}\n`);
