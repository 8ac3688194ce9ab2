/** The version the bundle was built from; `development` when the sources run unbuilt. */
export function version(): string {
  return process.env['PTP_HEALTH_VERSION'] ?? 'development';
}
