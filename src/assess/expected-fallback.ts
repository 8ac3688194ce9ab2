import type { ConfigFile } from '../observe/observation.ts';
import type { Expected, ExpectedInstance, ExpectedPort } from './expected.ts';

/** The model of a node whose configuration nobody showed. */
export const NOTHING_EXPECTED: Expected = { origin: 'None', instances: [], problems: [] };

/** The little that roles need, read straight from ptp4l configuration files. */
export function expectedFromFiles(files: readonly ConfigFile[]): Expected {
  const instances = files.filter((file) => file.program === 'ptp4l').map(instanceOf);
  return instances.length === 0 ? NOTHING_EXPECTED : { origin: 'File', instances, problems: [] };
}

function instanceOf(file: ConfigFile): ExpectedInstance {
  const global = new Map<string, string>();
  const ports = new Map<string, Map<string, string>>();
  let section = global;
  for (const raw of file.text.split('\n')) {
    const line = raw.trim();
    const header = /^\[(.+)\]$/.exec(line)?.[1];
    if (header !== undefined) {
      section = header === 'global' ? global : new Map<string, string>();
      if (header !== 'global') ports.set(header, section);
      continue;
    }
    const [key, value] = line.split(/\s+/, 2);
    if (key !== undefined && value !== undefined && !line.startsWith('#')) section.set(key, value);
  }
  const clientOnly = (global.get('clientOnly') ?? global.get('slaveOnly')) === '1';
  const expectedPorts = [...ports].map(([interfaceName, options]): ExpectedPort => {
    const serverOnly = options.get('serverOnly') ?? options.get('masterOnly');
    const role =
      clientOnly || serverOnly === '0' ? 'TimeReceiver' : serverOnly === '1' ? 'TimeTransmitter' : 'Either';
    return { interfaceName, role };
  });
  const serves = expectedPorts.every((port) => port.role === 'TimeTransmitter');
  return {
    name: file.configName,
    configName: file.configName,
    clockType: clientOnly ? 'OC' : serves ? 'GM' : expectedPorts.length > 1 ? 'BC' : 'OC',
    ituProfile: 'Unknown',
    ports: expectedPorts,
    offsetLines: { ptp4l: 'Unknown', phc2sys: 'Unknown' },
    thresholds: { maxOffsetNanoseconds: 100, minOffsetNanoseconds: -100, holdoverTimeoutSeconds: 5 },
    plugins: [],
  };
}
