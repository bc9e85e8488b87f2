/** One thing that is wrong with what was sent: where, what was found there, what would be valid. */
export interface Mistake {
  path: string;
  value: string;
  message: string;
}

/** An answer of the service that is not success, or no answer at all (`status` 0). */
export class Problem extends Error {
  readonly status: number;
  /** Last segment of the problem's type, for example `already-redeemed`. */
  readonly kind: string;
  readonly detail: string | undefined;
  /** Empty where the service names no place. */
  readonly mistakes: readonly Mistake[];

  constructor(status: number, kind: string, title: string, detail?: string, mistakes: readonly Mistake[] = []) {
    super(title);
    this.status = status;
    this.kind = kind;
    this.detail = detail;
    this.mistakes = mistakes;
  }

  /** True when nobody can know whether the service acted: asking again with the same key is the way to find out. */
  get uncertain(): boolean {
    return this.status === 0 || this.status >= 500;
  }
}

export interface Ask {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  secret?: string | undefined;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
}

async function send(path: string, ask: Ask): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json', ...ask.headers };
  if (ask.secret !== undefined) headers.Authorization = `Bearer ${ask.secret}`;
  if (ask.body !== undefined) headers['Content-Type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(path, {
      method: ask.method ?? 'GET',
      headers,
      ...(ask.body === undefined ? {} : { body: JSON.stringify(ask.body) }),
      ...(ask.signal === undefined ? {} : { signal: ask.signal }),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Problem(0, 'unreachable', 'No connection');
  }
  if (!response.ok) throw await readProblem(response);
  return response;
}

export async function readProblem(response: Response): Promise<Problem> {
  const text = await response.text().catch(() => '');
  let said: { type?: unknown; title?: unknown; detail?: unknown; errors?: unknown } = {};
  try {
    said = JSON.parse(text) as typeof said;
  } catch {
    // A proxy or a plain 404 may answer in HTML; its words are of no use to a reader.
  }
  const type = typeof said.type === 'string' ? said.type : '';
  return new Problem(
    response.status,
    type.split('/').pop() ?? '',
    typeof said.title === 'string' ? said.title : `HTTP ${response.status}`,
    typeof said.detail === 'string' ? said.detail : undefined,
    Array.isArray(said.errors) ? said.errors.map(mistakeOf) : [],
  );
}

function mistakeOf(said: unknown): Mistake {
  const { path, value, message } = (typeof said === 'object' && said !== null ? said : {}) as Record<string, unknown>;
  return { path: String(path ?? '$'), value: String(value ?? ''), message: String(message ?? '') };
}

/** @returns the answer's JSON, or `undefined` when it has no content. */
export async function call<T>(path: string, ask: Ask = {}): Promise<T> {
  const response = await send(path, ask);
  const text = response.status === 204 ? '' : await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

export async function callBlob(path: string, ask: Ask = {}): Promise<Blob> {
  return (await send(path, { ...ask, headers: { Accept: '*/*', ...ask.headers } })).blob();
}

/** A path under /api/v1 with its parts escaped: ``at`venues/${venue}/map` ``. */
export function at(parts: TemplateStringsArray, ...values: (string | number)[]): string {
  return `/api/v1/${parts.reduce((path, part, i) => `${path}${encodeURIComponent(values[i - 1] ?? '')}${part}`)}`;
}
