import { describe, expect, it } from '@jest/globals';
import { cleanPath } from './file-set.ts';
import { roleOf, seriesOf } from './layout.ts';

const PODS = 'mg/quay-io-x-sha256-1/namespaces/openshift-ptp/pods/linuxptp-daemon-a1';
const LOGS = `${PODS}/linuxptp-daemon-container/linuxptp-daemon-container/logs`;

describe('roleOf', () => {
  it.each([
    [
      `${LOGS}/current.log`,
      { kind: 'ContainerLog', namespace: 'openshift-ptp', pod: 'linuxptp-daemon-a1', piece: 'Current' },
    ],
    [`${LOGS}/previous.log.gz`, { kind: 'ContainerLog', piece: 'Previous' }],
    [`${LOGS}/rotated/0.log.20261122-043020.gz`, { kind: 'ContainerLog', piece: 'Rotated' }],
    [`${PODS}/kube-rbac-proxy/kube-rbac-proxy/logs/current.log`, { kind: 'Ignored' }],
    [`${PODS}/linuxptp-daemon-a1.yaml`, { kind: 'Objects', content: 'Pods', namespace: 'openshift-ptp' }],
    ['mg/i/namespaces/openshift-ptp/core/configmaps.yaml', { kind: 'Objects', content: 'ConfigMaps' }],
    [
      'mg/i/namespaces/openshift-ptp/ptp.openshift.io/ptpconfigs/a.yaml',
      { kind: 'Objects', content: 'PtpConfigs' },
    ],
    ['mg/i/cluster-scoped-resources/core/nodes/w0.yaml', { kind: 'Objects', content: 'Nodes' }],
    ['mg/i/namespaces/openshift-ptp/core/events.yaml', { kind: 'Ignored' }],
    [
      's/var/log/pods/openshift-ptp_linuxptp-daemon-a1_uid/linuxptp-daemon-container/0.log',
      { kind: 'ContainerLog', pod: 'linuxptp-daemon-a1' },
    ],
    ['s/sos_commands/logs/journalctl_--no-pager_--boot', { kind: 'HostLog', root: 's/' }],
    ['s/sos_commands/host/hostname', { kind: 'HostName', root: 's/' }],
    ['s/etc/linuxptp/ptp4l.conf', { kind: 'HostConfig', root: 's/' }],
    ['s/etc/chrony.conf', { kind: 'Ignored' }],
    ['case/sl1/sl1.log', { kind: 'PlainLog', folder: 'case/sl1', series: 'sl1.log' }],
    ['sl1.ptp4l.0.config', { kind: 'LinuxptpConfig', folder: '' }],
    ['notes.txt', { kind: 'MaybeLog' }],
    ['picture.png', { kind: 'Ignored' }],
    ['events.tsv', { kind: 'Ignored' }],
  ])('%s', (path, role) => {
    expect(roleOf(path)).toMatchObject(role);
  });
});

describe('seriesOf', () => {
  it.each([
    ['daemon.log', 'daemon.log'],
    ['daemon.log.1', 'daemon.log'],
    ['daemon.log.2.gz', 'daemon.log'],
    ['daemon.log-20261122', 'daemon.log'],
    ['daemon.log.20261122-041000.gz', 'daemon.log'],
    ['current.log', 'log'],
    ['previous.insecure.log', 'log'],
    ['0.log', 'log'],
    ['1.log', 'log'],
    ['ptp4l.0.log', 'ptp4l.0.log'],
  ])('%s belongs to %s', (file, series) => {
    expect(seriesOf(file)).toBe(series);
  });
});

describe('cleanPath', () => {
  it.each([
    ['../../etc/passwd', 'etc/passwd'],
    ['/a//b/./c', 'a/b/c'],
    ['..\\..\\windows\\x.log', 'windows/x.log'],
    ['a\u001b[31m\u202eb', 'a?[31m?b'],
  ])('%j becomes %j', (path, clean) => {
    expect(cleanPath(path)).toBe(clean);
  });
});
