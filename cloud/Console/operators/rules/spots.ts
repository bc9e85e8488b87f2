/** Where a value stands in a text: from inclusive to exclusive. */
export interface Span {
  from: number;
  to: number;
}

/** Where a text stops being JSON. */
export interface Break {
  at: number;
  /** From 1. */
  line: number;
}

/**
 * Reads a JSON text for the places of its values: `$.when.dwells.atLeast`, `$.then[0]`. The service names places in this way.
 * @returns the place of every value, or where the text is broken.
 */
export function spotsOf(text: string): Map<string, Span> | Break {
  const spots = new Map<string, Span>();
  let i = 0;

  const skip = () => {
    while (i < text.length && ' \t\r\n'.includes(text[i] as string)) i++;
  };
  const must = (sign: string) => {
    skip();
    if (text[i] !== sign) throw i;
    i++;
  };
  const word = (): string => {
    skip();
    const from = i;
    if (text[i] !== '"') throw i;
    for (i++; text[i] !== '"'; i++) {
      if (i >= text.length || text[i] === '\n') throw i;
      if (text[i] === '\\') i++;
    }
    i++;
    return JSON.parse(text.slice(from, i)) as string;
  };
  const each = (open: string, close: string, one: (n: number) => void) => {
    must(open);
    skip();
    if (text[i] === close) return void i++;
    for (let n = 0; ; n++) {
      one(n);
      skip();
      if (text[i] === close) return void i++;
      must(',');
    }
  };
  const value = (path: string) => {
    skip();
    const from = i;
    const sign = text[i];
    if (sign === '{')
      each('{', '}', () => {
        const name = word();
        must(':');
        value(`${path}.${name}`);
      });
    else if (sign === '[') each('[', ']', (n) => value(`${path}[${n}]`));
    else if (sign === '"') word();
    else {
      const plain = /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/.exec(text.slice(i));
      if (plain === null) throw i;
      i += plain[0].length;
    }
    spots.set(path, { from, to: i });
  };

  try {
    value('$');
    skip();
    if (i < text.length) throw i;
    return spots;
  } catch (at) {
    const stop = typeof at === 'number' ? Math.min(at, text.length) : i;
    return { at: stop, line: lineOf(text, stop) };
  }
}

/** @returns the line, from 1, that a place is in. */
export function lineOf(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}

/** The place of a path, or of the nearest thing around it that is there: what is missing has no place of its own. */
export function nearest(spots: Map<string, Span>, path: string): Span | undefined {
  for (let at = path; at !== ''; at = at.replace(/(\.[^.[\]]+|\[\d+\])$/, '')) {
    const span = spots.get(at);
    if (span !== undefined) return span;
    if (!/(\.[^.[\]]+|\[\d+\])$/.test(at)) return undefined;
  }
  return undefined;
}
