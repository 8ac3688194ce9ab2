/**
 * Source files of the daemon whose information messages are about its own doings and carry no fact we
 * use. A message of level information from one of them is known; a warning or an error never is by this.
 */
const CHATTER_FILES: ReadonlySet<string> = new Set([
  'main.go',
  'daemon.go',
  'daemon_internal.go',
  'config.go',
  'metrics.go',
  'ready.go',
  'version.go',
  'featureflags.go',
  'plugin.go',
  'ptpdev.go',
  'dmi_info.go',
  'leap-file.go',
  'event.go',
  'event_tbc.go',
  'pmc.go',
  'utils.go',
  'hardwareconfig.go',
]);

const INFORMATION = 6;

export function isDaemonChatter(level: number | undefined, file: string): boolean {
  return level === INFORMATION && CHATTER_FILES.has(file);
}
