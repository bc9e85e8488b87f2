// Makes src/api/openapi.ts from the service's own description.
//   node dev/api.mjs            from openapi.json as it is kept here
//   node dev/api.mjs BASE_URL   from a running service, whose description is kept in openapi.json
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import openapi, { astToString } from 'openapi-typescript';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const kept = here('../openapi.json');
const [base] = process.argv.slice(2);

if (base !== undefined) {
  const answer = await fetch(`${base}/openapi/v1.json`);
  if (!answer.ok) throw new Error(`${base}/openapi/v1.json says ${answer.status}`);
  const { servers: _, ...description } = await answer.json();
  description.paths = Object.fromEntries(
    Object.entries(description.paths).filter(([path]) => path.startsWith('/api/')),
  );
  writeFileSync(kept, `${JSON.stringify(tidy(description), null, 2)}\n`);
}

/** The service reads numbers from strings as well, and says so; it only ever writes numbers. */
function tidy(part) {
  if (Array.isArray(part)) return part.map(tidy);
  if (part === null || typeof part !== 'object') return part;
  const made = Object.fromEntries(Object.entries(part).map(([name, value]) => [name, tidy(value)]));
  if (
    Array.isArray(made.type) &&
    made.type.includes('string') &&
    made.type.some((t) => t === 'integer' || t === 'number')
  ) {
    made.type = made.type.filter((t) => t !== 'string');
    if (made.type.length === 1) [made.type] = made.type;
    delete made.pattern;
  }
  return made;
}

writeFileSync(here('../src/api/openapi.ts'), astToString(await openapi(JSON.parse(readFileSync(kept, 'utf8')))));
