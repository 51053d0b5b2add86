import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Clock } from './clock.ts';
import { compiledCode } from './compiled-code.ts';
import { watchMemory } from './memory-watch.ts';
import type { FunctionError, InvokeMessage, ProcessMessage, StartMessage } from './messages.ts';
import type { FunctionResource } from './resources.ts';

const PROCESS = fileURLToPath(new URL('./function-process.ts', import.meta.url));

/** Lambda's limit for importing the handler. */
const INIT_SECONDS = 10;

/**
 * Node, begun so that its death leaves no core dump: V8 aborts where its heap is full, and the
 * file would be as large as that, in the project, at each such death.
 */
const NODE =
  process.platform === 'win32'
    ? { execPath: process.execPath, before: [] }
    : { execPath: '/bin/sh', before: ['-c', 'ulimit -c 0; exec "$0" "$@"', process.execPath] };

/** Go's words for what ended a process, which are Lambda's. */
const SIGNALS: Record<string, string> = { SIGKILL: 'killed', SIGABRT: 'aborted' };

/** What came of one invocation; whether its process died, or the handler threw. */
export type Answer = { payload: unknown } | { error: FunctionError; died?: true };

/** What an environment is made from. */
export interface EnvironmentSetup {
  fn: FunctionResource;
  clock: Clock;
  /** All the variables its process has. */
  variables: Record<string, string>;
  /** File descriptor its output goes to. */
  log: number;
}

/**
 * One execution environment: a process that runs one invocation at a time, kept for the next one,
 * killed at the timeout. Use it only while the clock is held: its `Date` is a constant offset.
 */
export class Environment {
  readonly #setup: EnvironmentSetup;
  readonly #process: ChildProcess;
  /** Resolves once its process has ended. */
  readonly ended: Promise<undefined>;
  /** Resolves once its handler is imported, or never will be. */
  readonly started: Promise<ProcessMessage | undefined>;
  /** How many it has had. */
  invocations = 0;
  #timeout: number | undefined;
  #over = false;

  constructor(setup: EnvironmentSetup) {
    this.#setup = setup;
    const { fn, clock, variables, log } = setup;
    const start: StartMessage = {
      code: fn.code,
      arn: fn.arn,
      handler: fn.handler,
      offset: clock.offset(),
    };
    this.#process = fork(PROCESS, [JSON.stringify(start)], {
      env: { ...variables, NODE_COMPILE_CACHE: compiledCode() },
      execPath: NODE.execPath,
      execArgv: [...NODE.before, `--max-old-space-size=${fn.memoryMb}`],
      // Straight to the file: nothing passes through this process, and nothing is lost in a kill.
      stdio: ['ignore', log, log, 'ipc'],
    });
    // 'close', not 'exit': it comes after the last message has been read.
    this.ended = new Promise((resolve) => {
      const end = () => {
        this.#over = true;
        resolve(undefined);
      };
      this.#process.once('close', end).once('error', end);
    });
    this.started = this.#within(INIT_SECONDS, this.#heard());
  }

  /** Whether it can take another invocation. */
  get alive(): boolean {
    return !this.#over && this.#process.connected;
  }

  async invoke(event: unknown, requestId: string): Promise<Answer> {
    this.invocations += 1;
    const started = await this.started;
    if (started?.type !== 'ready') return this.#died(started);
    const { fn, clock } = this.#setup;
    const answer = this.#within(fn.timeoutSeconds, this.#heard());
    const deadline = clock.now() + fn.timeoutSeconds * 1_000;
    const message: InvokeMessage = { event, requestId, deadline, offset: clock.offset() };
    this.#process.send(message, () => {}); // a process that is gone is noticed by its end
    const said = await answer;
    if (said?.type === 'returned') return { payload: said.payload };
    if (said?.type === 'threw') return { error: said.error };
    return this.#died(said);
  }

  /** At once: it takes no other invocation from now on. */
  async stop(): Promise<void> {
    this.#over = true;
    this.#process.kill('SIGKILL');
    await this.ended;
  }

  /** The next message of the process, or `undefined` once it has ended. */
  #heard(): Promise<ProcessMessage | undefined> {
    const message = new Promise<ProcessMessage>((resolve) =>
      this.#process.once('message', resolve),
    );
    return Promise.race([message, this.ended]);
  }

  /** Kills the process where it has said nothing within so many simulated seconds, or outgrows its memory. */
  async #within<T>(seconds: number, said: Promise<T>): Promise<T> {
    const { clock, fn } = this.#setup;
    const kill = () => this.#process.kill('SIGKILL');
    const cancel = clock.at(clock.now() + seconds * 1_000, () => {
      this.#timeout = seconds;
      kill();
    });
    const unwatch = watchMemory(this.#process.pid ?? 0, fn.memoryMb, kill);
    return said.finally(() => {
      cancel();
      unwatch();
    });
  }

  #died(said: ProcessMessage | undefined): Answer {
    this.#over = true;
    if (said?.type === 'unusable') return { error: said.error, died: true };
    if (this.#timeout !== undefined) {
      const errorMessage = `Task timed out after ${this.#timeout.toFixed(2)} seconds`;
      return { error: { errorType: 'Sandbox.Timedout', errorMessage }, died: true };
    }
    const { exitCode, signalCode } = this.#process;
    const how = signalCode
      ? `signal: ${SIGNALS[signalCode] ?? signalCode}`
      : `exit status ${exitCode}`;
    const errorMessage = `Runtime exited with error: ${how}`;
    return { error: { errorType: 'Runtime.ExitError', errorMessage }, died: true };
  }
}
