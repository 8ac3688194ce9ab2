import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs `ptp-health` in a process of its own. */
export async function runCommand(args: readonly string[], stdin = ''): Promise<Outcome> {
  const child = spawn(process.execPath, ['--no-warnings', MAIN, ...args], { stdio: 'pipe' });
  // A command that ends before it reads its input closes the pipe.
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { code, stdout, stderr };
}
