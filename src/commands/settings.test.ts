import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { operatorOptionsSchema, splitAddress } from './operator/options.ts';
import { addSettingFlags, readSettings, SettingsError } from './settings.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function settings(arguments_: string[], environment: NodeJS.ProcessEnv = {}) {
  const command = addSettingFlags(
    new Command().exitOverride().configureOutput({ writeErr: () => undefined }),
    operatorOptionsSchema,
  );
  command.parse(arguments_, { from: 'user' });
  return readSettings(operatorOptionsSchema, command.opts(), environment);
}

function file(text: string): string {
  const path = join(folder, 'config.yaml');
  writeFileSync(path, text);
  return path;
}

describe('settings', () => {
  it('have the defaults of the PTP Operator', () => {
    expect(settings([])).toMatchObject({
      ptpNamespace: 'openshift-ptp',
      daemonSelector: 'app=linuxptp-daemon',
      leaderElect: true,
    });
  });

  it('take a flag before the environment, the environment before the file', () => {
    const path = file('ptpNamespace: from-file\ncontext: from-file\nlogLevel: warn\n');
    const environment = {
      PTP_HEALTH_PTP_NAMESPACE: 'from-environment',
      PTP_HEALTH_CONTEXT: 'from-environment',
    };
    const result = settings(['--config', path, '--ptp-namespace', 'from-flag'], environment);
    expect(result).toMatchObject({
      ptpNamespace: 'from-flag',
      context: 'from-environment',
      logLevel: 'warn',
    });
  });

  it('read booleans, numbers and lists from text', () => {
    const result = settings([
      '--leader-elect=false',
      '--daemon-metrics-insecure',
      '--scrape-interval-seconds',
      '20',
      '--mcp-allowed-hosts',
      'a, b',
    ]);
    expect(result).toMatchObject({
      leaderElect: false,
      daemonMetricsInsecure: true,
      scrapeIntervalSeconds: 20,
      mcpAllowedHosts: ['a', 'b'],
    });
  });

  it.each([
    [
      'an unknown key in the file',
      () => settings(['--config', file('ptpNamespce: x')]),
      /ptpNamespce: no such setting/,
    ],
    [
      'a wrong type',
      () => settings([], { PTP_HEALTH_SCRAPE_INTERVAL_SECONDS: 'soon' }),
      /scrapeIntervalSeconds \(--scrape-interval-seconds/,
    ],
    ['a wrong address', () => settings(['--mcp-address', '8090']), /HOST:PORT/],
    ['a file that is no mapping', () => settings(['--config', file('- a')]), /must be a YAML mapping/],
    ['a file that is not there', () => settings(['--config', join(folder, 'none')]), /ENOENT/],
  ])('name %s', (_, read, message) => {
    expect(read).toThrow(SettingsError);
    expect(read).toThrow(message);
  });

  it('split addresses, also of IPv6', () => {
    expect(splitAddress('0.0.0.0:9464')).toEqual({ host: '0.0.0.0', port: 9464 });
    expect(splitAddress('[::1]:80')).toEqual({ host: '::1', port: 80 });
  });
});
