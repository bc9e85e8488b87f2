/**
 * A key that tells one wish from another, so that a second try of the same wish counts once. Also where the browser has no generator of
 * ids: pages shown over plain HTTP in a mall's own net.
 */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');
}
