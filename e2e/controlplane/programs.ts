import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** One program and the arguments that come before its own. */
export interface ProgramCommand {
  file: string;
  args: readonly string[];
}

/** Where the programs of the control plane come from. */
export interface ControlPlanePrograms {
  source: string;
  etcd(directory: string, clientUrl: string, peerUrl: string): ProgramCommand;
  apiServer: ProgramCommand;
  /** Absent in plain envtest assets: then nothing collects garbage or makes default ServiceAccounts. */
  controllerManager?: ProgramCommand;
  kubectl: ProgramCommand;
}

/** KUBEBUILDER_ASSETS (envtest binaries) when set, else the program that build.sh makes. */
export function findPrograms(environment: NodeJS.ProcessEnv = process.env): ControlPlanePrograms {
  const assets = environment['KUBEBUILDER_ASSETS'];
  return assets === undefined || assets === '' ? ownPrograms(environment) : envtestPrograms(assets);
}

function ownPrograms(environment: NodeJS.ProcessEnv): ControlPlanePrograms {
  // e2e/run builds first, where a person can watch it; a test started alone builds here.
  const file = environment['PTP_HEALTH_CONTROLPLANE'] ?? buildControlPlane();
  const program = (...args: string[]): ProgramCommand => ({ file, args });
  return {
    source: 'e2e/controlplane/main.go',
    etcd: (...urls) => program('etcd', ...urls),
    apiServer: program('kube-apiserver'),
    controllerManager: program('kube-controller-manager'),
    kubectl: program('kubectl'),
  };
}

function buildControlPlane(): string {
  return execFileSync(join(import.meta.dirname, 'build.sh'), { encoding: 'utf8' }).trim();
}

function envtestPrograms(assets: string): ControlPlanePrograms {
  const find = (name: string): ProgramCommand | undefined =>
    existsSync(join(assets, name)) ? { file: join(assets, name), args: [] } : undefined;
  const need = (name: string): ProgramCommand => {
    const found = find(name);
    if (found === undefined) throw new Error(`KUBEBUILDER_ASSETS=${assets} holds no ${name}`);
    return found;
  };
  const etcd = need('etcd');
  const controllerManager = find('kube-controller-manager');
  return {
    source: `KUBEBUILDER_ASSETS=${assets}`,
    etcd: (directory, clientUrl, peerUrl) => ({
      file: etcd.file,
      args: [
        '--data-dir=' + directory,
        '--listen-client-urls=' + clientUrl,
        '--advertise-client-urls=' + clientUrl,
        '--listen-peer-urls=' + peerUrl,
        '--initial-advertise-peer-urls=' + peerUrl,
        '--initial-cluster=default=' + peerUrl,
        '--unsafe-no-fsync',
        '--log-level=error',
      ],
    }),
    apiServer: need('kube-apiserver'),
    ...(controllerManager === undefined ? {} : { controllerManager }),
    kubectl: find('kubectl') ?? { file: 'kubectl', args: [] },
  };
}
