import { Readable } from 'node:stream';
import { MAX_CONFIG_BYTES } from './config-file.ts';
import { folderOf, InputError, reasonOf, type FileContent, type FileEntry } from './file-set.ts';
import { roleOf, type FileRole } from './layout.ts';
import { HEAD_BYTES, readLogHead, type LogHead } from './log-head.ts';
import type { Input } from './open-input.ts';
import { readHead, readSmallText, readStored, type Stored } from './text-stream.ts';

/** A log of the input, looked at but not read yet. */
export interface LogFile {
  entry: FileEntry;
  role: FileRole;
  head: LogHead;
  /** The stored bytes, kept where they are few, so that they need no second pass. */
  kept?: Stored;
}

export interface TextFile {
  entry: FileEntry;
  role: FileRole;
  text: string;
}

/** Everything of an input that matters, after one pass over it. */
export interface Inventory {
  input: Input;
  logs: LogFile[];
  /** Configurations, Kubernetes objects and host names, whole. */
  texts: TextFile[];
  /** Files that should matter and could not be used, with the reason. */
  unusable: { path: string; reason: string }[];
  /** Bytes of all logs, where known: what progress is measured against. */
  logBytes: number;
}

const MAX_OBJECT_BYTES = 16 * 2 ** 20;
const MAX_KEPT_LOG_BYTES = 2 ** 20;
const MAX_ALL_KEPT_BYTES = 32 * 2 ** 20;
const MAX_ALL_TEXT_BYTES = 64 * 2 ** 20;
const MAX_UNUSABLE = 100;
/** A file that only may be a log must show this many facts at its start. */
const MIN_FACTS = 2;

/** Words of which an object list must have one to be kept: most lists of a cluster are not about PTP. */
const OBJECT_MARKS =
  /linuxptp-daemon|ptp\.openshift\.io|ptp-configmap|kind: "?Node"?\b|kind: "?NodeList"?\b|"kind": ?"Node/;

/**
 * Looks at every file once: reads the start of each log and the whole of each configuration and object.
 *
 * @throws InputError when the input as a whole cannot be read
 */
export async function takeInventory(input: Input): Promise<Inventory> {
  const taker = new InventoryTaker(input);
  await input.files.visit((entry, content) => taker.take(entry, content));
  return taker.inventory;
}

class InventoryTaker {
  readonly inventory: Inventory;
  #keptBytes = 0;
  #textBytes = 0;

  constructor(input: Input) {
    this.inventory = { input, logs: [], texts: [], unusable: [], logBytes: 0 };
  }

  async take(entry: FileEntry, content: FileContent): Promise<'Continue'> {
    const role = this.#roleOf(entry.path);
    try {
      await this.#takeAs(role, entry, content);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#unusable(entry.path, error instanceof InputError ? error.message : reasonOf(error));
    }
    return 'Continue';
  }

  /** A file that is named on the command line is a log whatever its name, unless it is a configuration. */
  #roleOf(path: string): FileRole {
    const role = roleOf(path);
    if (this.inventory.input.form !== 'Stream' || role.kind === 'LinuxptpConfig') return role;
    return { kind: 'PlainLog', folder: folderOf(path), series: path };
  }

  async #takeAs(role: FileRole, entry: FileEntry, content: FileContent): Promise<void> {
    switch (role.kind) {
      case 'Ignored':
        return;
      case 'Objects':
      case 'LinuxptpConfig':
      case 'HostConfig':
      case 'HostName':
        await this.#takeText(role, entry, content);
        return;
      case 'ContainerLog':
      case 'PlainLog':
      case 'HostLog':
      case 'MaybeLog':
        await this.#takeLog(role, entry, content);
        return;
    }
  }

  async #takeText(role: FileRole, entry: FileEntry, content: FileContent): Promise<void> {
    const maxBytes = role.kind === 'Objects' ? MAX_OBJECT_BYTES : MAX_CONFIG_BYTES;
    const text = await readSmallText(content(), maxBytes);
    if (text === undefined || this.#textBytes + text.length > MAX_ALL_TEXT_BYTES) {
      this.#unusable(entry.path, 'too large: not read');
      return;
    }
    if (role.kind === 'Objects' && !OBJECT_MARKS.test(text)) return;
    if (text.includes('\0')) {
      this.#unusable(entry.path, 'binary: not read');
      return;
    }
    this.#textBytes += text.length;
    this.inventory.texts.push({ entry, role, text });
  }

  async #takeLog(role: FileRole, entry: FileEntry, content: FileContent): Promise<void> {
    const kept = await this.#keep(entry, content);
    const head = readLogHead(
      await readHead(kept === undefined ? content() : once(kept.bytes), HEAD_BYTES),
      entry.modifiedMicros,
    );
    // A host's journal tells of other things too: its start need not show facts.
    if (role.kind === 'MaybeLog' && head.factCount < MIN_FACTS) return;
    if (kept !== undefined) this.#keptBytes += kept.bytes.length;
    this.inventory.logBytes += entry.sizeBytes ?? 0;
    this.inventory.logs.push({ entry, role, head, ...(kept !== undefined && { kept }) });
  }

  async #keep(entry: FileEntry, content: FileContent): Promise<Stored | undefined> {
    const { sizeBytes } = entry;
    const fits =
      sizeBytes !== undefined &&
      sizeBytes <= MAX_KEPT_LOG_BYTES &&
      this.#keptBytes + sizeBytes <= MAX_ALL_KEPT_BYTES;
    return fits ? readStored(content(), MAX_KEPT_LOG_BYTES) : undefined;
  }

  #unusable(path: string, reason: string): void {
    if (this.inventory.unusable.length < MAX_UNUSABLE) this.inventory.unusable.push({ path, reason });
  }
}

/** One chunk as a stream. */
export function once(bytes: Buffer): AsyncIterable<Buffer> {
  return Readable.from([bytes]);
}
