import { execFile } from 'node:child_process';
import type { ProgramCommand } from './programs.ts';

export interface KubectlOptions {
  kubeconfigPath?: string;
  deadlineMillis?: number;
}

export interface KubectlResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs kubectl to its end. A failing command is an answer, not an exception. */
export function runKubectl(
  command: ProgramCommand,
  kubeconfigPath: string,
  options: KubectlOptions = {},
): Promise<KubectlResult> {
  return new Promise((resolve) => {
    execFile(
      command.file,
      command.args,
      {
        timeout: options.deadlineMillis ?? 60_000,
        maxBuffer: 64 * 1024 * 1024,
        // kubectl keeps its discovery cache in the home folder, by host and port: ports are used again.
        env: { ...process.env, KUBECONFIG: kubeconfigPath, KUBECACHEDIR: `${kubeconfigPath}.cache` },
      },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        resolve({ code, stdout, stderr });
      },
    );
  });
}
