import { Command } from 'commander';
import { audit } from './audit.ts';
import { completion } from './completion.ts';
import { discover } from './discover.ts';
import { doctor } from './doctor.ts';
import { local } from './local.ts';
import { plainText } from './output.ts';
import { plan } from './plan.ts';
import { ready } from './ready.ts';
import { restore } from './restore.ts';
import { rotate } from './rotate.ts';
import { status } from './status.ts';
import { store } from './store.ts';

interface Entry<Options> {
  readonly name: string;
  /** Under which heading of the help it stands. */
  readonly group: keyof typeof GROUPS;
  readonly does: string;
  readonly options: readonly (readonly [flags: string, means: string])[];
  /** Commands as somebody would type them, and why. */
  readonly examples: readonly (readonly [typed: string, why: string])[];
  /** What has to be named without an option, and what it is. */
  readonly argument?: readonly [name: string, means: string];
  /** Gives the exit status. */
  readonly run: (options: Options, argument: string) => Promise<number>;
}

const GROUPS = {
  looks: 'Look (these write nothing):',
  changes: 'Change:',
  rest: 'Besides:',
} as const;

const SECRETS = [
  ['--secrets <names>', 'separated by commas, or one prefix that ends in *; else KEYTURN_SECRETS'],
  ['--region <id>', 'region of KMS; else KEYTURN_REGION'],
] as const;
const ONLY = [
  '--only <names>',
  'of secrets, groups, gateways, customer gateways or connections, separated by commas',
] as const;
const JSON_OPTION = ['--json', 'print one JSON document and nothing else'] as const;
const REASON = ['--reason <text>', 'why, for the report'] as const;
const YES = ['--yes', 'do not ask'] as const;

/** Makes the options' type count only inside an entry; the table itself holds them all alike. */
const entry = <Options>(made: Entry<Options>): Entry<never> => made;

const ENTRIES: readonly Entry<never>[] = [
  entry({
    name: 'discover',
    group: 'looks',
    does: 'list what there is to rotate and its weak spots; draft rotation documents',
    options: [
      ['--regions <ids>', 'of VPN gateways, separated by commas; else KEYTURN_REGION'],
      ['--write <folder>', 'store a document for each customer gateway, without keys'],
      JSON_OPTION,
    ],
    examples: [
      ['keyturn discover --regions cn-hangzhou,eu-central-1', 'writes nothing'],
      ['keyturn discover --regions cn-hangzhou --write drafts', 'documents to fill in'],
    ],
    run: discover,
  }),
  entry({
    name: 'plan',
    group: 'looks',
    does: 'show what a run would do, in its order, for somebody to approve',
    options: [
      ...SECRETS,
      ONLY,
      ['--out <file>', 'store the plan, for `keyturn rotate --plan`'],
      JSON_OPTION,
    ],
    examples: [
      ["keyturn plan --secrets 'vpn/*'", 'everything'],
      ['keyturn plan --only cgw-berlin-office', 'what concerns one customer gateway'],
      ['keyturn plan --out plan.json', 'to have it reviewed'],
    ],
    run: plan,
  }),
  entry({
    name: 'status',
    group: 'looks',
    does: 'show versions, ages, when new keys are due, and who is waited for',
    options: [...SECRETS, ONLY, JSON_OPTION],
    examples: [
      ['keyturn status', 'a row for each secret'],
      ['keyturn status --only vpn/milan-partner', 'one of them'],
    ],
    run: status,
  }),
  entry({
    name: 'audit',
    group: 'looks',
    does: 'judge keys and crypto settings of every tunnel by age and baselines',
    options: [...SECRETS, REASON, JSON_OPTION],
    examples: [
      ['keyturn audit', 'by KEYTURN_AUDIT_BASELINES and KEYTURN_AUDIT_MAX_AGE_DAYS'],
      ['keyturn audit --json > audit.json', 'for whoever signs it off'],
    ],
    run: audit,
  }),
  entry({
    name: 'doctor',
    group: 'looks',
    does: 'look at everything that a run depends on: access, clocks, secrets, gateways',
    options: [
      ...SECRETS,
      ['--regions <ids>', 'to look at besides those of the documents, separated by commas'],
      JSON_OPTION,
    ],
    examples: [
      ["keyturn doctor --secrets 'vpn/*'", 'before the first run, and when one is denied'],
    ],
    run: doctor,
  }),
  entry({
    name: 'rotate',
    group: 'changes',
    does: 'rotate what is due: write, prove, promote',
    options: [
      ...SECRETS,
      ONLY,
      ['--plan <file>', 'do what this plan says, or nothing if anything has moved since'],
      REASON,
      YES,
      ['--ignore-window', 'begin although a maintenance window is closed'],
      JSON_OPTION,
    ],
    examples: [
      ["keyturn rotate --secrets 'vpn/*' --reason CHG-1", 'shows the plan, asks, rotates'],
      ['keyturn rotate --only cgw-berlin-office', 'one customer gateway'],
      ['keyturn rotate --plan plan.json --yes', 'a plan that was approved'],
    ],
    run: rotate,
  }),
  entry({
    name: 'store',
    group: 'changes',
    does: 'store a rotation document as the next version of a secret; never touches a tunnel',
    argument: ['<file>', 'the document, or - for standard input'],
    options: [
      ['--secret <name>', 'its name in full; the secret must be there'],
      ['--version <id>', 'of the new version'],
      ['--current', 'straight as the current version: for the keys that the tunnels have'],
      SECRETS[1],
      JSON_OPTION,
    ],
    examples: [
      ['keyturn store office.json --secret vpn/office --version v1 --current', 'the first one'],
      ['keyturn store office.json --secret vpn/office --version 2027-01', 'to be rotated to'],
    ],
    run: store,
  }),
  entry({
    name: 'restore',
    group: 'changes',
    does: 'take tunnels back to the version before; what they are taken from is held',
    options: [...SECRETS, ONLY, REASON, YES, JSON_OPTION],
    examples: [
      ['keyturn restore --only cgw-berlin-office', 'shows what would go back, asks, does it'],
      ['keyturn restore --secrets vpn/berlin-office --reason INC-7 --yes', 'without asking'],
    ],
    run: restore,
  }),
  entry({
    name: 'ready',
    group: 'changes',
    does: 'say for the far end that it has the key of the next version',
    argument: ['<secret>', 'its name in full'],
    options: [
      ['--version <id>', 'the version that it has loaded; without it you are asked'],
      ['--withdraw', 'take it back, as long as no run has begun'],
      SECRETS[1],
      JSON_OPTION,
    ],
    examples: [
      ['keyturn ready vpn/milan-partner --version v2', 'sets KeyturnPeerReady on v2'],
      ['keyturn ready vpn/milan-partner --withdraw', 'takes it off again'],
    ],
    run: ready,
  }),
  entry({
    name: 'local',
    group: 'rest',
    does: 'run the local cloud; its first line says where, as JSON',
    options: [
      ['--port <number>', 'of the VPC service; 0 takes any that is free'],
      ['--fleet <file>', 'what is in it; else the sample fleet'],
      ['--seed <number>', 'of everything that varies'],
      ['--env <file>', 'store what a shell sources to talk to it'],
      ['--draw-switches', 'draw what nobody knows of the real service by the seed'],
    ],
    examples: [
      ['keyturn local --env cloud.env &', 'then `source cloud.env`, and every command talks to it'],
      ['keyturn local --fleet fleet.json > cloud.json &', 'a fleet of your own, for scripts'],
    ],
    run: local,
  }),
];

const EXIT_STATUS = `
Exit status:
  0 converged or unchanged   1 usage   2 incomplete or failed
  3 waiting or deferred      4 refused by a check

Credentials: the SDK's default chain (ALIBABA_CLOUD_ACCESS_KEY_ID and
ALIBABA_CLOUD_ACCESS_KEY_SECRET, a profile of the aliyun command line, a role).`;

/** The whole command line. The exit status of what ran is the process's. */
export function commandLine(): Command {
  const keyturn = new Command('keyturn')
    .description('Rotates pre-shared keys and crypto settings of IPsec tunnels on VPN Gateway.')
    .option('--no-color', 'plain text, as with NO_COLOR')
    .addHelpText('after', EXIT_STATUS)
    .exitOverride();
  for (const { name, group, does, argument, options, examples, run } of ENTRIES) {
    const command = keyturn.command(name).description(does).helpGroup(GROUPS[group]);
    if (argument !== undefined) command.argument(...argument);
    for (const [flags, means] of options) command.option(flags, means);
    const width = Math.max(...examples.map(([typed]) => typed.length));
    command
      .option('--no-color', 'plain text, as with NO_COLOR')
      .addHelpText(
        'after',
        ['\nExamples:', ...examples.map(([typed, why]) => `  ${typed.padEnd(width)}  ${why}`)].join(
          '\n',
        ),
      )
      .action(async (...given: readonly unknown[]) => {
        // Commander gives the arguments, then the options, then the command.
        const [named, chosen] = argument === undefined ? ['', given[0]] : given;
        process.exitCode = await run(chosen as never, String(named));
      });
  }
  keyturn
    .command('completion')
    .description('print what makes a shell complete commands and options')
    .helpGroup(GROUPS.rest)
    .argument('<shell>', 'bash, zsh or fish')
    .addHelpText('after', COMPLETION_EXAMPLES)
    .action((shell: string) => completion(keyturn, shell));
  keyturn
    .commandsGroup(GROUPS.rest)
    .helpCommand('help [command]', 'what a command takes, with examples');
  return keyturn.hook('preAction', (_, command) => {
    if (command.optsWithGlobals()['color'] === false) plainText(process.env);
  });
}

const COMPLETION_EXAMPLES = `
Examples:
  source <(keyturn completion bash)                                in ~/.bashrc
  keyturn completion zsh > "\${fpath[1]}/_keyturn"                  once
  keyturn completion fish > ~/.config/fish/completions/keyturn.fish  once`;
