const PORT_SUFFIX = /np\d+$/;
const VLAN_SUFFIX = /\.\d+$/;

/**
 * The name without the `npN` suffix newer kernels add: a PtpConfig may say `ens4f0` where logs,
 * metrics and NodePtpDevice say `ens4f0np0`.
 */
export function baseInterfaceName(name: string): string {
  return name.replace(PORT_SUFFIX, '');
}

/** Whether two names mean one interface; names that both carry a suffix must be equal. */
export function isSameInterface(left: string, right: string): boolean {
  if (left === right) return true;
  if (PORT_SUFFIX.test(left) && PORT_SUFFIX.test(right)) return false;
  return baseInterfaceName(left) === baseInterfaceName(right);
}

/** `ens1f0.100` and `vlan100` are VLANs. */
export function isVlanName(name: string): boolean {
  return VLAN_SUFFIX.test(name) || /^vlan\d+$/.test(name);
}

export function isBondName(name: string): boolean {
  return /^(bond|team|br)\d+$/.test(name);
}

/**
 * A name that a template has yet to fill in, for example `$iface_timeRx`: nothing can be said
 * about the interface behind it.
 */
export function isPlaceholderName(name: string): boolean {
  return /[${}()<>?]/.test(name);
}
