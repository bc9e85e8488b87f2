import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, expect, it } from 'vitest';

// The compose file is held against the published schema of Compose, which the linter carries; no container engine is needed.
const compose = resolve('../../docker-compose.yml');
const linter = resolve('node_modules/.bin/dclint');
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function check(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'presence-compose-'));
  folders.push(folder);
  const file = join(folder, 'docker-compose.yml');
  writeFileSync(file, text);
  try {
    execFileSync(linter, ['--quiet', file], { encoding: 'utf8', stdio: 'pipe' });
    return '';
  } catch (refused) {
    return String((refused as { stdout: string }).stdout) || String(refused);
  }
}

it('starts the demo in containers from a file that Compose understands', () => {
  expect(check(readFileSync(compose, 'utf8'))).toBe('');
});

it.each([
  ['a word that Compose does not know', 'interval: 5s', 'intervall: 5s'],
  ['a restart that Compose does not know', 'network_mode: host', 'network_mode: [host]'],
  ['a service that is a list', 'services:\n  demo:', 'services:\n  - demo:'],
])('is told of %s', (_, good, bad) => {
  const text = readFileSync(compose, 'utf8');
  expect(text).toContain(good);
  expect(check(text.replace(good, bad))).not.toBe('');
});
