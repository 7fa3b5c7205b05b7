import { spawn, type ChildProcess } from 'node:child_process';
import type { Ending, Execute, Executed, Execution } from './execution.ts';
import { MemoryWatch } from './memory-watch.ts';
import { contextOf } from './context.ts';
import type { RunnerEnd, RunnerStart } from './runner-protocol.ts';
import { Tail } from './tail.ts';

const MAX_LOG_BYTES = 65_536;

/**
 * Runs functions as Function Compute does: a process each, killed (SIGKILL, nothing is said before) when
 * its time has passed or its memory is used up. Always a cold start; time here is real time, because the
 * process lives in it.
 */
export function inChildProcess(options: { runnerPath: string }): Execute {
  return (execution, signal) =>
    new Promise((resolve) => {
      const { bundlePath } = execution.function;
      if (bundlePath === null) {
        resolve({ ending: failed('Function has no code'), logs: '', maxMemoryMb: 0 });
        return;
      }
      const child = spawn(
        process.execPath,
        [`--max-old-space-size=${execution.function.memoryMb}`, options.runnerPath],
        {
          env: environment(execution),
          stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
          serialization: 'advanced',
          // A process group of its own, so that what the function starts dies with it.
          detached: true,
        },
      );
      child.once('error', () => {
        resolve({ ending: failed('Process could not be started'), logs: '', maxMemoryMb: 0 });
      });
      if (child.pid === undefined) return;
      supervise(child, child.pid, { execution, signal, done: resolve });
      // A process that died before it could listen is noticed by its exit.
      child.send(startMessage(execution, bundlePath), () => undefined);
    });
}

function supervise(
  child: ChildProcess,
  pid: number,
  run: { execution: Execution; signal: AbortSignal; done: (executed: Executed) => void },
): void {
  const { signal } = run;
  const { timeoutSeconds, memoryMb } = run.execution.function;
  const logs = new Tail(MAX_LOG_BYTES);
  let ending: Ending | null = null;
  const end = (reason: Ending): void => {
    ending ??= reason;
    kill(pid);
  };
  const died = (): void => end(failed('Process exited unexpectedly before completing request'));

  const timer = setTimeout(() => {
    end(failed(`Function time out after ${timeoutSeconds} seconds`));
  }, timeoutSeconds * 1_000);
  const memory = new MemoryWatch({
    pid,
    limitMb: memoryMb,
    onExceeded: () => end(failed(`Function exceeded its memory limit of ${memoryMb} MB`)),
  });
  child.stdout?.on('data', (chunk: Buffer) => logs.write(chunk));
  child.stderr?.on('data', (chunk: Buffer) => logs.write(chunk));
  child.once('message', (message: RunnerEnd) => {
    end(
      message.kind === 'returned' ? { kind: 'returned', body: Buffer.from(message.body) } : message,
    );
  });
  child.once('exit', died);
  signal.addEventListener('abort', died, { once: true });
  if (signal.aborted) died();
  // "close" comes after "exit", when the last of the output has been read.
  child.once('close', () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', died);
    died();
    if (ending === null) throw new Error('a process that is closed has ended');
    run.done({ ending, logs: logs.toString(), maxMemoryMb: memory.stop() });
  });
}

const failed = (errorMessage: string): Ending => ({ kind: 'failed', error: { errorMessage } });

/** Kills the whole process group. */
function kill(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}

function startMessage(execution: Execution, bundlePath: string): RunnerStart {
  return {
    bundlePath,
    handlerExport: execution.function.handlerExport,
    event: execution.event,
    context: contextOf(execution),
  };
}

/** Nothing of the parent's environment but the path, so that no credential of the host is in reach. */
function environment(execution: Execution): Record<string, string> {
  const { function: fn, credentials } = execution;
  return {
    PATH: process.env['PATH'] ?? '',
    ...fn.env,
    FC_ACCOUNT_ID: execution.accountId,
    FC_REGION: execution.regionId,
    FC_FUNCTION_NAME: fn.name,
    FC_FUNCTION_HANDLER: `index.${fn.handlerExport}`,
    FC_FUNCTION_MEMORY_SIZE: String(fn.memoryMb),
    FC_INSTANCE_ID: execution.requestId,
    ...(credentials === null
      ? {}
      : {
          ALIBABA_CLOUD_ACCESS_KEY_ID: credentials.accessKeyId,
          ALIBABA_CLOUD_ACCESS_KEY_SECRET: credentials.accessKeySecret,
          ALIBABA_CLOUD_SECURITY_TOKEN: credentials.securityToken,
        }),
  };
}
