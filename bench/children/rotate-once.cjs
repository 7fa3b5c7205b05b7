// One invocation of a built function: `rotate-once.cjs FOLDER/index.js`; the event is the timer's. Loads it as any
// CommonJS handler is loaded; what else Function Compute's runtime does before is not published. With an IPC
// channel it tells how much memory the process needed at most, in KiB.
const { handler } = require(process.argv[2]);
const loadedKiB = process.resourceUsage().maxRSS;
const event = { triggerTime: new Date().toISOString(), triggerName: 'bench', payload: '' };
const credentials = {
  accessKeyId: process.env.BENCH_ACCESS_KEY_ID,
  accessKeySecret: process.env.BENCH_ACCESS_KEY_SECRET,
};
const context = {
  requestId: 'bench',
  credentials,
  region: process.env.KEYTURN_REGION,
  accountId: '1234567890123456',
  function: { name: 'rotate', timeout: 86_400 },
};
void handler(Buffer.from(JSON.stringify(event)), context)
  .then(
    (report) => JSON.parse(report).outcome,
    (error) => error.message,
  )
  .then((outcome) => {
    process.send?.({ outcome, loadedKiB, peakKiB: process.resourceUsage().maxRSS });
    process.disconnect?.();
  });
