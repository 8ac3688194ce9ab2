import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient } from './api-client.ts';
import { AUDIT_POLICY } from './audit.ts';
import type { ControlPlane, RestartOptions } from './control-plane.ts';
import { kubeconfig } from './kubeconfig.ts';
import { runKubectl, type KubectlOptions, type KubectlResult } from './kubectl.ts';
import { freePorts } from './ports.ts';
import { startProgram, waitUntilReady, type RunningProgram } from './process.ts';
import { findPrograms, type ControlPlanePrograms, type ProgramCommand } from './programs.ts';

/**
 * Starts etcd, kube-apiserver and the controllers the tests need. All files lie in one
 * temporary folder, which `stop` removes; the logs are copied to PTP_HEALTH_E2E_LOGS first
 * when that is set.
 */
export async function startLocalControlPlane(environment: NodeJS.ProcessEnv): Promise<ControlPlane> {
  const directory = mkdtempSync(join(tmpdir(), 'ptp-health-controlplane-'));
  const server = new LocalControlPlane(
    findPrograms(environment),
    directory,
    environment['PTP_HEALTH_E2E_LOGS'],
  );
  try {
    await server.start();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

const SERVICE_ACCOUNT_ISSUER = 'https://kubernetes.default.svc';
/** What the tests rely on; the others (scheduler, deployments, node life cycle) would only interfere. */
const CONTROLLERS = [
  'garbage-collector-controller',
  'namespace-controller',
  'serviceaccount-controller',
  'clusterrole-aggregation-controller',
];

class LocalControlPlane implements ControlPlane {
  readonly source: string;
  readonly adminToken = randomBytes(24).toString('hex');
  readonly nodeAddress = '127.0.0.1';
  readonly hasControllers: boolean;
  readonly canChangeFlags = true;
  readonly #programs: ControlPlanePrograms;
  readonly #directory: string;
  readonly #keepLogsIn: string | undefined;
  #url = '';
  #caData = '';
  #admin: ApiClient | undefined;
  #etcd: RunningProgram | undefined;
  #apiServer: RunningProgram | undefined;
  #controllerManager: RunningProgram | undefined;
  #apiServerCommand: ProgramCommand | undefined;

  constructor(programs: ControlPlanePrograms, directory: string, keepLogsIn: string | undefined) {
    this.#programs = programs;
    this.#directory = directory;
    this.#keepLogsIn = keepLogsIn;
    this.source = programs.source;
    this.hasControllers = programs.controllerManager !== undefined;
  }

  get url(): string {
    return this.#url;
  }

  get caData(): string {
    return this.#caData;
  }

  get kubeconfigPath(): string {
    return this.#path('admin.kubeconfig');
  }

  get auditLogPath(): string {
    return this.#path('audit.log');
  }

  get admin(): ApiClient {
    if (this.#admin === undefined) throw new Error('the control plane is not up');
    return this.#admin;
  }

  async start(): Promise<void> {
    const [clientPort = 0, peerPort = 0, securePort = 0] = await freePorts(3);
    const etcdUrl = `http://127.0.0.1:${clientPort}`;
    this.#url = `https://127.0.0.1:${securePort}`;
    this.#writeInputs();
    this.#etcd = this.#run(
      'etcd',
      this.#programs.etcd(this.#path('etcd'), etcdUrl, `http://127.0.0.1:${peerPort}`),
    );
    this.#apiServerCommand = {
      file: this.#programs.apiServer.file,
      args: [...this.#programs.apiServer.args, ...this.#apiServerFlags(etcdUrl, securePort)],
    };
    await this.#startApiServer();
    this.#startControllerManager();
  }

  async tokenFor(namespace: string, serviceAccount: string): Promise<string> {
    const answer = await this.admin.post(
      `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`,
      { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } },
    );
    const token = (answer.body as { status?: { token?: string } }).status?.token;
    if (token === undefined)
      throw new Error(`no token for ${namespace}/${serviceAccount}: ${JSON.stringify(answer)}`);
    return token;
  }

  writeKubeconfig(name: string, token: string): string {
    const path = this.#path(`${name}.kubeconfig`);
    writeFileSync(path, kubeconfig(this.#url, this.#caData, token), { mode: 0o600 });
    return path;
  }

  kubectl(args: readonly string[], options: KubectlOptions = {}): Promise<KubectlResult> {
    const { file, args: before } = this.#programs.kubectl;
    return runKubectl(
      { file, args: [...before, ...args] },
      options.kubeconfigPath ?? this.kubeconfigPath,
      options,
    );
  }

  async restartApiServer(options: RestartOptions = {}): Promise<void> {
    const { signal = 'SIGTERM', downMillis = 0, flags = [] } = options;
    this.#apiServer?.kill(signal);
    await this.#apiServer?.stop();
    await sleep(downMillis);
    await this.#startApiServer(flags);
  }

  async stop(): Promise<void> {
    this.#admin?.close();
    await this.#controllerManager?.stop(2_000);
    // A polite API server waits for its watches; nothing of this data is needed again.
    this.#apiServer?.kill('SIGKILL');
    await this.#apiServer?.exited;
    await this.#etcd?.stop(2_000);
    this.#keepLogs();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #path(name: string): string {
    return join(this.#directory, name);
  }

  #run(name: string, command: ProgramCommand): RunningProgram {
    return startProgram({ name, file: command.file, args: command.args, logPath: this.#path(`${name}.log`) });
  }

  #writeInputs(): void {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    writeFileSync(this.#path('service-account.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }));
    writeFileSync(this.#path('tokens.csv'), `${this.adminToken},e2e-admin,e2e-admin,system:masters\n`);
    writeFileSync(this.#path('audit-policy.json'), JSON.stringify(AUDIT_POLICY));
  }

  #apiServerFlags(etcdUrl: string, securePort: number): string[] {
    const serviceAccountKey = this.#path('service-account.key');
    return [
      `--etcd-servers=${etcdUrl}`,
      `--cert-dir=${this.#path('certificates')}`,
      `--secure-port=${securePort}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      '--endpoint-reconciler-type=none',
      `--service-account-issuer=${SERVICE_ACCOUNT_ISSUER}`,
      `--service-account-signing-key-file=${serviceAccountKey}`,
      `--service-account-key-file=${serviceAccountKey}`,
      `--token-auth-file=${this.#path('tokens.csv')}`,
      '--authorization-mode=Node,RBAC',
      // OpenShift has this one on: whoever sets an owner must be allowed to.
      '--enable-admission-plugins=OwnerReferencesPermissionEnforcement',
      '--service-cluster-ip-range=10.0.0.0/24',
      '--allow-privileged=true',
      '--kubelet-preferred-address-types=InternalIP',
      '--shutdown-delay-duration=0s',
      `--audit-policy-file=${this.#path('audit-policy.json')}`,
      `--audit-log-path=${this.auditLogPath}`,
    ];
  }

  async #startApiServer(flags: readonly string[] = []): Promise<void> {
    if (this.#apiServerCommand === undefined) throw new Error('the control plane was never started');
    const { file, args } = this.#apiServerCommand;
    const apiServer = this.#run('kube-apiserver', { file, args: [...args, ...flags] });
    this.#apiServer = apiServer;
    await waitUntilReady(apiServer, () => this.#isReady());
  }

  /** The server makes its own certificate at the first start; until then there is nobody to ask. */
  async #isReady(): Promise<boolean> {
    const certificatePath = join(this.#path('certificates'), 'apiserver.crt');
    if (!existsSync(certificatePath)) return false;
    if (this.#admin === undefined) {
      this.#caData = readFileSync(certificatePath, 'utf8');
      this.#admin = new ApiClient(this.#url, this.#caData, this.adminToken);
      this.writeKubeconfig('admin', this.adminToken);
    }
    return this.#admin.get('/readyz').then(
      (answer) => answer.status === 200,
      () => false,
    );
  }

  #startControllerManager(): void {
    if (this.#programs.controllerManager === undefined) return;
    const { file, args } = this.#programs.controllerManager;
    this.#controllerManager = this.#run('kube-controller-manager', {
      file,
      args: [
        ...args,
        `--kubeconfig=${this.kubeconfigPath}`,
        `--controllers=${CONTROLLERS.join(',')}`,
        `--service-account-private-key-file=${this.#path('service-account.key')}`,
        '--leader-elect=false',
        '--secure-port=0',
      ],
    });
  }

  #keepLogs(): void {
    if (this.#keepLogsIn === undefined || this.#keepLogsIn === '') return;
    const target = join(this.#keepLogsIn, basename(this.#directory));
    mkdirSync(target, { recursive: true });
    cpSync(this.#directory, target, {
      recursive: true,
      filter: (source) => source === this.#directory || source.endsWith('.log'),
    });
  }
}
