/** The programs whose configuration is read here. */
export type LinuxptpProgram = 'ptp4l' | 'phc2sys' | 'ts2phc' | 'synce4l';

/** `NewerOption`: known, but only to a later linuxptp than the one that runs. */
/** `NewerOption`: known, but only to a later linuxptp than the one that runs. */
export type ConfigProblemCode =
  | 'UnknownOption'
  | 'NewerOption'
  | 'BadValue'
  | 'OutOfRange'
  | 'TabSeparated'
  | 'DuplicateSection'
  | 'DuplicateOption'
  | 'NoGlobal'
  | 'BadLine'
  | 'TooLarge'
  | 'WrongSection';

export interface ConfigProblem {
  code: ConfigProblemCode;
  message: string;
  option?: string;
  section?: string;
  line?: number;
}
