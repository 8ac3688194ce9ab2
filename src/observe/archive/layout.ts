import { DAEMON_CONTAINER } from '../resources/upstream.ts';
import { baseName, folderOf } from './file-set.ts';

/** What a file of an input is to us, by its path alone. */
export type FileRole =
  /** Output of one container of the PTP daemon's pod, in must-gather, `oc adm inspect` or sosreport form. */
  | { kind: 'ContainerLog'; namespace: string; pod: string; piece: LogPiece }
  /** Output of processes, in a folder that stands for a node. */
  | { kind: 'PlainLog'; folder: string; series: string }
  /** A file that may be a log: its content decides. */
  | { kind: 'MaybeLog'; folder: string; series: string }
  | { kind: 'LinuxptpConfig'; folder: string }
  /** Journal or syslog of a sosreport. */
  | { kind: 'HostLog'; root: string; series: string }
  | { kind: 'HostConfig'; root: string }
  | { kind: 'HostName'; root: string }
  /** Kubernetes objects, one or a list. */
  | { kind: 'Objects'; content: ObjectContent; namespace?: string }
  | { kind: 'Ignored' };

export type ObjectContent = 'Pods' | 'ConfigMaps' | 'PtpConfigs' | 'NodePtpDevices' | 'Nodes';
export type LogPiece = 'Current' | 'Previous' | 'Rotated';

/** First match wins. */
const ROLES: readonly { pattern: RegExp; role: (match: RegExpExecArray) => FileRole }[] = [
  {
    // must-gather and `oc adm inspect`: the container stands twice in the path.
    pattern: /(?:^|\/)namespaces\/([^/]+)\/pods\/([^/]+)\/([^/]+)\/[^/]+\/logs\/((?:rotated\/)?[^/]+)$/,
    role: ([, namespace = '', pod = '', container, file = '']) =>
      container === DAEMON_CONTAINER
        ? { kind: 'ContainerLog', namespace, pod, piece: pieceOf(file) }
        : IGNORED,
  },
  {
    // A node's own log folder, as in sosreport: namespace_pod_uid/container/N.log
    pattern: /(?:^|\/)pods\/([^/_]+)_([^/_]+)_[^/]+\/([^/]+)\/([^/]+)$/,
    role: ([, namespace = '', pod = '', container, file = '']) =>
      container === DAEMON_CONTAINER && /\.log/.test(file)
        ? { kind: 'ContainerLog', namespace, pod, piece: /^\d+\.log$/.test(file) ? 'Current' : 'Rotated' }
        : IGNORED,
  },
  {
    pattern: /(?:^|\/)namespaces\/([^/]+)\/(?:pods\/[^/]+\/[^/]+|core\/pods)\.yaml$/,
    role: ([, namespace = '']) => ({ kind: 'Objects', content: 'Pods', namespace }),
  },
  {
    pattern: /(?:^|\/)namespaces\/([^/]+)\/core\/configmaps(?:\/[^/]+)?\.yaml$/,
    role: ([, namespace = '']) => ({ kind: 'Objects', content: 'ConfigMaps', namespace }),
  },
  {
    pattern: /(?:^|\/)namespaces\/([^/]+)\/ptp\.openshift\.io\/ptpconfigs(?:\/[^/]+)?\.yaml$/,
    role: ([, namespace = '']) => ({ kind: 'Objects', content: 'PtpConfigs', namespace }),
  },
  {
    pattern: /(?:^|\/)namespaces\/([^/]+)\/ptp\.openshift\.io\/nodeptpdevices(?:\/[^/]+)?\.yaml$/,
    role: ([, namespace = '']) => ({ kind: 'Objects', content: 'NodePtpDevices', namespace }),
  },
  {
    pattern: /(?:^|\/)cluster-scoped-resources\/core\/nodes(?:\/[^/]+)?\.yaml$/,
    role: () => ({ kind: 'Objects', content: 'Nodes' }),
  },
  { pattern: /(?:^|\/)(?:namespaces|cluster-scoped-resources)\//, role: () => IGNORED },
  {
    pattern: /^(.*?\/)??sos_commands\/logs\/(journalctl_--no-pager[^/]*)$/,
    role: ([, root = '', file = '']) => ({ kind: 'HostLog', root, series: file }),
  },
  {
    pattern: /^(.*?\/)??var\/log\/((?:messages|syslog)[^/]*)$/,
    role: ([, root = '', file = '']) => ({ kind: 'HostLog', root, series: seriesOf(file) }),
  },
  {
    pattern: /^(.*?\/)??(?:sos_commands\/host\/hostname|etc\/hostname|hostname)$/,
    role: ([, root = '']) => ({ kind: 'HostName', root }),
  },
  {
    pattern:
      /^(.*?\/)??etc\/(?:linuxptp\/)?(?:ptp4l|phc2sys|ts2phc|synce4l|timemaster)[^/]*\.(?:conf|cfg|config)$/,
    role: ([, root = '']) => ({ kind: 'HostConfig', root }),
  },
  {
    pattern: /(?:^|\/)(?:sos_commands|sos_logs|sos_reports|sos_strings|proc|sys|var|etc|usr|run|boot)\//,
    role: () => IGNORED,
  },
  {
    pattern: /\.(?:config|cfg|conf)$/i,
    role: (match) => ({ kind: 'LinuxptpConfig', folder: folderOf(match.input) }),
  },
  {
    pattern: /\.log(?:[.-][\w.-]*)?$|[.-]log(?:\.gz|\.xz)$/i,
    role: ({ input }) => ({ kind: 'PlainLog', folder: folderOf(input), series: seriesOf(baseName(input)) }),
  },
  {
    pattern: /(?:^|\/)(?:[^/.]+|[^/]+\.(?:txt|out|journal))(?:\.gz|\.xz)?$/i,
    role: ({ input }) => ({ kind: 'MaybeLog', folder: folderOf(input), series: seriesOf(baseName(input)) }),
  },
];

const IGNORED: FileRole = { kind: 'Ignored' };

export function roleOf(path: string): FileRole {
  for (const { pattern, role } of ROLES) {
    const match = pattern.exec(path);
    if (match !== null) return role(match);
  }
  return IGNORED;
}

function pieceOf(file: string): LogPiece {
  if (file.startsWith('rotated/')) return 'Rotated';
  return file.startsWith('previous') ? 'Previous' : 'Current';
}

/**
 * The name that all rotated pieces of one log share: `daemon.log` for `daemon.log.1`,
 * `daemon.log.20261122-0410.gz` and `daemon.log-20261122`; `log` for `current.log`, `previous.log` and
 * kubelet's `0.log`, `1.log`.
 */
export function seriesOf(file: string): string {
  const name = file
    .replace(/\.(?:gz|xz)$/i, '')
    .replace(/[.-](?:\d{1,3}|\d{8}(?:-\d+)?|\d{4}-\d\d-\d\d[\dT:-]*)$/, '')
    .replace(/\.(?:insecure\.)?log$/i, '.log');
  return /^(?:current|previous|\d+)\.log$/i.test(name) ? 'log' : name;
}
