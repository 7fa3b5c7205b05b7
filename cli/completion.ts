import type { Command, Option } from 'commander';
import { KeyturnError } from '../functions/core/codes.ts';
import { print } from './output.ts';

/** Prints the completion script of a shell, made from the command line itself. */
export function completion(program: Command, shell: string): void {
  const script = SCRIPTS[shell];
  if (script === undefined) {
    throw new KeyturnError(
      'setting-invalid',
      `The shell must be one of ${Object.keys(SCRIPTS).join(', ')}.`,
    );
  }
  print(script(program));
}

const SCRIPTS: Readonly<Record<string, (program: Command) => string>> = { bash, zsh, fish };

type Takes = 'nothing' | 'file' | 'folder' | 'value';

/** What follows an option, from its own placeholder. */
function takes({ flags }: Option): Takes {
  if (flags.includes('<file>')) return 'file';
  if (flags.includes('<folder>')) return 'folder';
  return flags.includes('<') ? 'value' : 'nothing';
}

const optionsOf = (command: Command): readonly Option[] => command.options;
const longOf = (option: Option): string => option.long ?? option.flags;
/** Text inside single quotes, for each of the three shells. */
const quoted = (text: string): string => `'${text.replaceAll("'", '’')}'`;

/** What can follow a command: its options, or the shells. */
function wordsAfter(command: Command): readonly string[] {
  return command.name() === 'completion' ? Object.keys(SCRIPTS) : optionsOf(command).map(longOf);
}

function bash(program: Command): string {
  const flags = (kind: Takes): string =>
    [
      ...new Set(
        program.commands
          .flatMap(optionsOf)
          .filter((one) => takes(one) === kind)
          .map(longOf),
      ),
    ].join('|');
  const cases = program.commands.map(
    (command) => `    ${command.name()}) words=${quoted(wordsAfter(command).join(' '))} ;;`,
  );
  return `_keyturn() {
  local cur=\${COMP_WORDS[COMP_CWORD]} words=''
  case \${COMP_WORDS[COMP_CWORD-1]} in
    ${flags('file')}) COMPREPLY=($(compgen -f -- "$cur")); return ;;
    ${flags('folder') || '--'}) COMPREPLY=($(compgen -d -- "$cur")); return ;;
    ${flags('value')}) COMPREPLY=(); return ;;
  esac
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W ${quoted(program.commands.map((command) => command.name()).join(' '))} -- "$cur"))
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o filenames -F _keyturn keyturn`;
}

const ZSH_ACTION: Readonly<Record<Takes, string>> = {
  nothing: '',
  file: ':file:_files',
  folder: ':folder:_files -/',
  value: ':value: ',
};

function zsh(program: Command): string {
  const described = (text: string): string => text.replaceAll(/[[\]:']/g, ' ');
  const commands = program.commands.map(
    (command) => `    ${quoted(`${command.name()}:${described(command.description())}`)}`,
  );
  const cases = program.commands.map((command) => {
    const options = optionsOf(command).map((option) =>
      quoted(`${longOf(option)}[${described(option.description)}]${ZSH_ACTION[takes(option)]}`),
    );
    const all = command.name() === 'completion' ? ["'1:shell:(bash zsh fish)'"] : options;
    return `    ${command.name()}) _arguments ${all.join(' ')} ;;`;
  });
  return `#compdef keyturn
_keyturn() {
  local -a commands=(
${commands.join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
${cases.join('\n')}
  esac
}
compdef _keyturn keyturn`;
}

const FISH_TAKES: Readonly<Record<Takes, string>> = {
  nothing: '',
  file: ' -r -F',
  folder: ' -x -a "(__fish_complete_directories)"',
  value: ' -x',
};

function fish(program: Command): string {
  return [
    'complete -c keyturn -f',
    ...program.commands.map(
      (command) =>
        `complete -c keyturn -n __fish_use_subcommand -a ${command.name()} -d ${quoted(command.description())}`,
    ),
    ...program.commands.flatMap((command) =>
      optionsOf(command).map(
        (option) =>
          `complete -c keyturn -n '__fish_seen_subcommand_from ${command.name()}' -l ${longOf(option).slice(2)}` +
          `${FISH_TAKES[takes(option)]} -d ${quoted(option.description)}`,
      ),
    ),
    "complete -c keyturn -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'",
  ].join('\n');
}
