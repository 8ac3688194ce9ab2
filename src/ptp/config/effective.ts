/**
 * The value a linuxptp program really uses for an option, and where it came from:
 * port section > command line > [global] > built-in default of that linuxptp version.
 */
export interface EffectiveValue {
  option: string;
  value: string;
  origin: 'Port' | 'CommandLine' | 'Global' | 'Default';
  /** Section or flag it stands in. */
  section?: string;
  line?: number;
}

export interface EffectiveConfig {
  program: 'ptp4l' | 'phc2sys' | 'ts2phc' | 'synce4l';
  /** Interface sections in file order. */
  interfaceNames: readonly string[];
  /** Value of an option, for one port when an interface is given. */
  get(option: string, interfaceName?: string): EffectiveValue | undefined;
  /** The same as a number; undefined when absent or not a number. */
  number(option: string, interfaceName?: string): number | undefined;
  /** Every option set by file or command line, for display. */
  readonly explicit: readonly EffectiveValue[];
  /** Lines and options that linuxptp or the daemon would drop or refuse. */
  readonly problems: readonly ConfigProblem[];
}

export interface ConfigProblem {
  code:
    | 'UnknownOption'
    | 'OutOfRange'
    | 'TabSeparated'
    | 'DuplicateSection'
    | 'DuplicateOption'
    | 'NoGlobal'
    | 'BadLine'
    | 'TooLarge'
    | 'WrongSection';
  message: string;
  option?: string;
  section?: string;
  line?: number;
}
