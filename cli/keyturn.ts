import { Command, CommanderError } from 'commander';
import { CODES, KeyturnError } from '../functions/core/codes.ts';
import { local } from './local.ts';
import { plan } from './plan.ts';
import { rotate } from './rotate.ts';
import { status } from './status.ts';

const EXIT_STATUS = `
Exit status:
  0 converged or unchanged   1 usage   2 incomplete or failed
  3 waiting or deferred      4 refused by a check`;

function program(): Command {
  const keyturn = new Command('keyturn')
    .description('Rotates pre-shared keys and crypto settings of IPsec tunnels on VPN Gateway.')
    .addHelpText('after', EXIT_STATUS)
    .exitOverride();
  cloudCommand(keyturn, 'plan', 'show what a run would do; writes nothing').action(
    async (options) => void (process.exitCode = await plan(options)),
  );
  cloudCommand(keyturn, 'rotate', 'rotate what is due')
    .option('--reason <text>', 'why, for the report')
    .option('--yes', 'do not ask')
    .option('--ignore-window', 'begin although a maintenance window is closed')
    .addHelpText('after', "\nExample:\n  keyturn rotate --secrets 'vpn/psk/*' --reason CHG-1 --yes")
    .action(async (options) => void (process.exitCode = await rotate(options)));
  cloudCommand(
    keyturn,
    'status',
    'show versions, labels, ages and verdicts; writes nothing',
  ).action(async (options) => void (process.exitCode = await status(options)));
  keyturn
    .command('local')
    .description('run the local cloud; its first line says where, as JSON')
    .option('--port <number>', 'of the VPC service; 0 takes any that is free')
    .option('--fleet <file>', 'what is in it; else the sample fleet')
    .option('--seed <number>', 'of everything that varies')
    .action(async (options) => void (process.exitCode = await local(options)));
  return keyturn;
}

function cloudCommand(keyturn: Command, name: string, description: string): Command {
  return keyturn
    .command(name)
    .description(description)
    .option('--secrets <names>', 'separated by commas, or one prefix that ends in *')
    .option('--region <id>', 'region of KMS; else KEYTURN_REGION')
    .option('--json', 'print one JSON document');
}

try {
  await program().parseAsync();
} catch (error) {
  process.exitCode = exitOn(error);
}

function exitOn(error: unknown): number {
  // Commander has already printed its message.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
  if (error instanceof KeyturnError) {
    process.stderr.write(`${error.message}\n→ ${CODES[error.code].remedy}\n`);
    return error.exit;
  }
  // The message of an error nobody expected could hold anything; its name cannot.
  const name = error instanceof Error ? error.name : typeof error;
  process.stderr.write(`unexpected: ${CODES.unexpected.sentence} ${name}\n`);
  return CODES.unexpected.exit;
}
