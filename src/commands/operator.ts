import { Command } from 'commander';
import { createLogger } from '../lib/log.ts';
import { operatorOptionsSchema } from './operator/options.ts';
import { startOperator } from './operator/start.ts';
import { addSettingFlags, readSettings } from './settings.ts';
import { version } from './version.ts';

/** `ptp-health operator`: runs until SIGTERM or SIGINT. */
export function operatorCommand(): Command {
  const command = new Command('operator').description(
    'watch the cluster and keep PtpHealthReports up to date',
  );
  return addSettingFlags(command, operatorOptionsSchema).action(async (flags: Record<string, unknown>) => {
    const options = readSettings(operatorOptionsSchema, flags, process.env);
    const log = createLogger(options.logLevel);
    const stopped = stopSignal();
    const operator = await startOperator(options, { log });
    const { metrics, health, mcp } = operator.servers;
    log.info(
      { version: version(), metrics: metrics.port, health: health.port, mcp: mcp.port },
      'operator started',
    );
    log.info({ signal: await stopped }, 'stopping');
    await operator.stop();
    log.info('stopped');
  });
}

/** The first signal ends the operator in order; a second one ends the process at once. */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  });
}
