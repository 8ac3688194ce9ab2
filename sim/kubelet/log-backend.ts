/** Where container logs come from: the simulated kubelets, asked by an API server. */

export interface ContainerReference {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** Parameters of `GET …/pods/NAME/log` and of the kubelet's `/containerLogs`. */
export interface LogQuery {
  readonly follow: boolean;
  readonly timestamps: boolean;
  readonly previous: boolean;
  /** Only lines written at this time or later, microseconds since the epoch. */
  readonly sinceMicros: number | undefined;
  readonly tailLines: number | undefined;
  readonly limitBytes: number | undefined;
}

export interface LogSink {
  write(text: string): void;
  end(): void;
}

/** The kubelet's refusal: 400 for a container without logs yet, 404 for an unknown one. */
export class LogError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = 'LogError';
    this.code = code;
  }
}

export interface LogBackend {
  /** Writes the log to the sink. The returned function stops following. @throws LogError */
  openLog(reference: ContainerReference, query: LogQuery, sink: LogSink): () => void;
}
