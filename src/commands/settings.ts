import { readFileSync } from 'node:fs';
import { Option, type Command } from 'commander';
import { load } from 'js-yaml';
import { z } from 'zod';

/**
 * Settings from flags, environment and a file, all by the same names, from one zod object.
 * The nearest wins: flag, then environment, then file, then default.
 */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

const ENVIRONMENT_PREFIX = 'PTP_HEALTH_';

/** `ptpNamespace` → `ptp-namespace` */
export function flagName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `ptpNamespace` → `PTP_HEALTH_PTP_NAMESPACE` */
export function environmentName(name: string): string {
  return ENVIRONMENT_PREFIX + flagName(name).replaceAll('-', '_').toUpperCase();
}

/** Gives the command one flag per field, and `--config`. */
export function addSettingFlags(command: Command, schema: z.ZodObject): Command {
  for (const [name, field] of Object.entries(schema.shape)) {
    const placeholder =
      kindOf(field) === 'boolean' ? '[boolean]' : kindOf(field) === 'list' ? '<a,b>' : '<value>';
    const option = new Option(`--${flagName(name)} ${placeholder}`, describe(name, field));
    command.addOption(kindOf(field) === 'boolean' ? option.preset('true') : option);
  }
  return command.option('--config <file>', 'YAML file with the same settings, by their camelCase names');
}

/** @throws SettingsError naming every setting that is wrong, and where it came from. */
export function readSettings<T extends z.ZodObject>(
  schema: T,
  flags: Readonly<Record<string, unknown>>,
  environment: NodeJS.ProcessEnv,
): z.infer<T> {
  const path = flags['config'] ?? environment[`${ENVIRONMENT_PREFIX}CONFIG`];
  const merged: Record<string, unknown> = typeof path === 'string' ? readFile(path) : {};
  for (const [name, field] of Object.entries(schema.shape)) {
    const given = flags[name] ?? environment[environmentName(name)];
    if (typeof given === 'string') merged[name] = fromText(given, field);
  }
  const parsed = schema.safeParse(merged);
  if (parsed.success) return parsed.data;
  throw new SettingsError(`Settings are not valid:\n${parsed.error.issues.map(issueLine).join('\n')}`);
}

function readFile(path: string): Record<string, unknown> {
  try {
    const value = load(readFileSync(path, 'utf8')) ?? {};
    if (typeof value === 'object' && !Array.isArray(value)) return { ...value };
  } catch (error) {
    throw new SettingsError(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw new SettingsError(`${path}: must be a YAML mapping of settings`);
}

function issueLine(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `  ${issue.keys.join(', ')}: no such setting`;
  const name = issue.path.map(String).join('.');
  return `  ${name} (--${flagName(name)}, ${environmentName(name)}): ${issue.message}`;
}

type Kind = 'boolean' | 'number' | 'list' | 'text';

function kindOf(field: unknown): Kind {
  if (field instanceof z.ZodDefault || field instanceof z.ZodOptional) return kindOf(field.unwrap());
  if (field instanceof z.ZodBoolean) return 'boolean';
  if (field instanceof z.ZodNumber) return 'number';
  return field instanceof z.ZodArray ? 'list' : 'text';
}

/** Text that does not fit stays text: the schema then says what was expected. */
function fromText(text: string, field: unknown): unknown {
  switch (kindOf(field)) {
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'number':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
    case 'list':
      return text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '');
    case 'text':
      return text;
  }
}

function describe(name: string, field: unknown): string {
  const description = field instanceof z.ZodType ? (field.description ?? '') : '';
  const value: unknown = field instanceof z.ZodDefault ? field.def.defaultValue : undefined;
  const isShown = value !== undefined && !(Array.isArray(value) && value.length === 0);
  return `${description}${isShown ? ` (default: ${JSON.stringify(value)})` : ''} [${environmentName(name)}]`;
}
