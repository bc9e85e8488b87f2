/** What this browser keeps between visits. Private windows and full disks may refuse; the page works without. */
export function remembered(name: string): string | null {
  try {
    return localStorage.getItem(`presence.${name}`);
  } catch {
    return null;
  }
}

export function remember(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`presence.${name}`);
    else localStorage.setItem(`presence.${name}`, value);
  } catch {
    // Nothing to do: it is then asked again next time.
  }
}
