/**
 * Planted bugs, each a slip that somebody could make. The simulation must catch every one, by the promise
 * (or the protocol) named here, so each checker is seen to fail. `find` stands exactly once in its file: a canary whose
 * ground has moved says so instead of planting nothing.
 */
const WRITE = 'functions/run/write-tunnel.ts';
const JUDGE = 'functions/core/judge-tunnel.ts';
const COMPARE = 'functions/core/compare.ts';
const LANES = 'functions/run/lanes.ts';
const PROMOTE = 'functions/run/promote-secrets.ts';
const LABELS = 'functions/run/labels.ts';
const LEASE = 'functions/run/lease.ts';
const PROVE = 'functions/run/prove.ts';

export const CANARIES = [
  {
    name: 'live-key-not-saved',
    promise: 1,
    edits: [
      {
        file: 'functions/run/save-before.ts',
        find: 'if (uncovered.length === 0) return null;',
        replace: 'return null;',
      },
    ],
  },
  {
    name: 'both-tunnels-in-flight',
    promise: 2,
    edits: [
      {
        file: 'functions/run/work-group.ts',
        find: 'of phasesOf(work.plan.steps)',
        replace: 'of [work.plan.steps]',
      },
      { file: LANES, find: 'serialAt(this.#connections,', replace: 'serialAt(new Map(),' },
      { file: WRITE, find: 'if (job.keepSecondPath &&', replace: 'if (false &&' },
    ],
  },
  {
    name: 'status-trusted-at-once',
    promise: 2,
    edits: [{ file: PROVE, find: '>= run.options.statusLagMs', replace: '>= 0' }],
  },
  {
    name: 'proof-skipped',
    promise: 2,
    edits: [{ file: PROVE, find: "if (job.rule.require === 'none')", replace: 'if (true)' }],
  },
  {
    name: 'partner-given-the-new-key',
    promise: 2,
    edits: [
      {
        file: WRITE,
        find: 'config: { key: key ?? believed, settings }',
        replace: 'config: { key: job.wanted.key ?? key ?? believed, settings }',
      },
    ],
  },
  {
    name: 'lane-not-serial',
    promise: 3,
    edits: [{ file: LANES, find: 'serialAt(this.#lanes,', replace: 'serialAt(new Map(),' }],
  },
  {
    name: 'promoted-without-convergence',
    promise: 4,
    edits: [
      { file: PROMOTE, find: '(aim.promote && !converged)', replace: 'false' },
      {
        file: PROMOTE,
        find: 'aim.promote ? await stillHolds(floor, mine) : null',
        replace: 'null',
      },
    ],
  },
  {
    name: 'unread-key-taken-for-equal',
    promise: 4,
    edits: [
      { file: COMPARE, find: "'yes' : 'no') : 'unknown';", replace: "'yes' : 'no') : 'yes';" },
    ],
  },
  {
    name: 'doubt-taken-for-success',
    promise: 5,
    edits: [
      {
        file: JUDGE,
        find: "if (state === 'yes' && record.touched)",
        replace: 'if (record.touched)',
      },
    ],
  },
  {
    name: 'restore-forgets-the-slave',
    promise: 5,
    edits: [
      {
        file: 'functions/run/restore.ts',
        find: 'of backwards)',
        replace: "of backwards.filter(({ step }) => step.role !== 'slave'))",
      },
    ],
  },
  {
    name: 'unnamed-settings-left-out',
    promise: 6,
    edits: [
      {
        file: COMPARE,
        find: 'settings: { ...restated(tunnel), ...wanted.settings }',
        replace: 'settings: wanted.settings',
      },
    ],
  },
  {
    name: 'partner-left-out',
    promise: 6,
    edits: [
      {
        file: WRITE,
        find: "step.call === 'ModifyVpnAttachmentAttribute' ? partnerOf(",
        replace: 'false ? partnerOf(',
      },
    ],
  },
  {
    name: 'token-forgets-the-direction',
    promise: 7,
    edits: [{ file: WRITE, find: 'direction: job.direction,', replace: "direction: 'apply'," }],
  },
  {
    name: 'token-forgets-the-tunnel',
    promise: 7,
    edits: [{ file: WRITE, find: 'subject: subjectOf(job),', replace: "subject: ''," }],
  },
  {
    name: 'key-in-a-log-event',
    promise: 8,
    edits: [
      {
        file: WRITE,
        find: '`${request.call}, attempt ',
        replace: '`${request.config.key?.expose()}, attempt ',
      },
    ],
  },
  {
    name: 'mask-taken-for-a-key',
    promise: 9,
    edits: [
      {
        file: 'functions/alicloud/vpn-connection.ts',
        find: '!looksMasked(psk)',
        replace: 'true',
      },
    ],
  },
  {
    name: 'old-look-taken-for-read-back',
    promise: 9,
    edits: [
      {
        file: 'functions/run/lane-watcher.ts',
        find: 'this.#writes += 1;\n    this.#quietAt = null;',
        replace: '',
      },
      {
        file: 'functions/run/lane-watcher.ts',
        find: 'LOOK_AGE = seconds(2)',
        replace: 'LOOK_AGE = seconds(9_000)',
      },
    ],
  },
  {
    name: 'previous-never-moved',
    promise: 9,
    edits: [
      {
        file: 'functions/run/promote.ts',
        find: 'fromVersionId === null ||',
        replace: 'true ||',
      },
    ],
  },
  {
    name: 'what-holds-is-written-again',
    promise: 10,
    edits: [
      {
        file: 'functions/core/plan.ts',
        find: "if (state === 'no' ||",
        replace: "if (state !== 'unknown' ||",
      },
      {
        file: JUDGE,
        find: "if (state === 'yes' && direction === 'apply')",
        replace: 'if (false)',
      },
    ],
  },
  {
    name: 'second-restore-swaps-back',
    promise: 9,
    edits: [
      {
        file: 'functions/core/take-back.ts',
        find: 'if (next === null && previous.labels.includes(LABELS.held))',
        replace: 'if (false)',
      },
    ],
  },
  {
    name: 'labels-moved-without-looking',
    promise: 10,
    edits: [
      {
        file: LABELS,
        find: 'if (from === to || elsewhere) return',
        replace: 'if (elsewhere) return',
      },
      { file: PROMOTE, find: '!leftover || ', replace: '' },
    ],
  },
  {
    name: 'foreign-key-overwritten',
    promise: 1,
    edits: [
      {
        file: JUDGE,
        find: 'if (isForeign(tunnel, step))',
        replace: 'if (false)',
      },
    ],
  },
  {
    name: 'master-first',
    promise: 2,
    edits: [
      {
        file: 'functions/core/steps.ts',
        find: "case 'slave':\n      return 0;",
        replace: "case 'slave':\n      return 4;",
      },
    ],
  },
  {
    name: 'lease-ignored',
    promise: 2,
    edits: [
      {
        file: LEASE,
        find: 'if (slot !== null && !isOurs(slot, claim) &&',
        replace: 'if (slot !== null && false &&',
      },
    ],
  },
  {
    name: 'next-taken-off-first',
    promise: 4,
    edits: [
      {
        file: 'functions/run/promote.ts',
        find: '(await ensureLabel(run, name, LABELS.current,',
        replace:
          '(await ensureLabel(run, name, LABELS.next, null, off)) ?? (await ensureLabel(run, name, LABELS.current,',
      },
    ],
  },
  {
    name: 'label-taken-off-any-version',
    promise: 4,
    edits: [
      { file: LABELS, find: 'to === null && off !== undefined && from !== off', replace: 'false' },
      // What was gathered would still say which version to take it off.
      { file: LABELS, find: 'attempt === 1 && known !== undefined', replace: 'known === null' },
    ],
  },
  {
    name: 'busy-code-by-case',
    promise: 9,
    edits: [
      {
        file: 'functions/core/error-classes.ts',
        find: 'kindOf(call.code.toLowerCase(),',
        replace: 'kindOf(call.code,',
      },
    ],
  },
  {
    name: 'generated-version-overlooked',
    promise: 9,
    edits: [
      {
        file: 'functions/run/work.ts',
        find: "generated.get(aim.secretName) !== 'stored' ||",
        replace: 'true ||',
      },
    ],
  },
  {
    name: 'half-a-step-called-blocked',
    promise: 5,
    edits: [
      {
        file: 'functions/run/finish-group.ts',
        find: "(plan.finish !== 'wait' || verdict !== 'waiting') && isHalfNew(plan)",
        replace: "plan.finish !== 'wait' && isHalfNew(plan)",
      },
    ],
  },
  {
    name: 'held-after-the-restore',
    promise: 'protocol',
    edits: [
      {
        file: 'functions/run/finish-group.ts',
        find: 'const unheld = await holdVersions(floor, work);',
        replace: 'let unheld = null as Reason | null;',
      },
      {
        file: 'functions/run/finish-group.ts',
        find: "const stuck = await restoreGroup(floor, work);\n  if (stuck !== null) return { verdict: 'mixed'",
        replace:
          "const stuck = await restoreGroup(floor, work);\n  unheld = await holdVersions(floor, work);\n  if (stuck !== null) return { verdict: 'mixed'",
      },
    ],
  },
  {
    name: 'token-new-in-the-retry',
    promise: 'protocol',
    edits: [
      { file: WRITE, find: 'memory.doubtful = request;', replace: 'memory.generation += 1;' },
    ],
  },
  {
    name: 'generation-never-rises',
    promise: 'protocol',
    edits: [
      {
        file: WRITE,
        find: "memory.generation += 1;\n      memory.doubtful = null;\n      job.report('busy'",
        replace: "memory.doubtful = null;\n      job.report('busy'",
      },
    ],
  },
  {
    name: 'no-look-after-a-timeout',
    promise: 'protocol',
    edits: [
      {
        file: WRITE,
        find: 'const place = { tunnel: job.step.tunnel,',
        replace:
          'const { doubtful: lost } = memory;\n    if (lost !== null) return digest(await run.ports.vpn.write(lost), { job, memory, request: lost, end, again });\n    const place = { tunnel: job.step.tunnel,',
      },
    ],
  },
  {
    name: 'refused-write-repeated',
    promise: 'protocol',
    edits: [
      {
        file: WRITE,
        find: "return end('failed', reason(shared ?",
        replace:
          "if (memory.requests < 5) return again('write-refused', name, 0);\n      return end('failed', reason(shared ?",
      },
    ],
  },
  {
    name: 'stop-not-heard',
    promise: 'protocol',
    edits: [
      {
        file: 'functions/run/context.ts',
        find: "if (run.options.stop?.aborted) return 'cancelled';",
        replace: '',
      },
    ],
  },
  {
    name: 'deadline-not-kept',
    promise: 'protocol',
    edits: [
      {
        file: 'functions/run/context.ts',
        find: "if (deadline !== null && now >= deadline) return 'out-of-time';",
        replace: '',
      },
    ],
  },
];
