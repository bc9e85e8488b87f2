/** What people type: a code in capitals, perhaps in groups, with the spaces and small letters that fingers make. */
const typed = /^[0-9a-z\s-]{1,40}$/i;

/**
 * The coupon's code in what was typed or scanned. A QR code may hold a link whose `code` or last part it is, or a signed
 * text, in which every letter counts and which is passed on as it is.
 */
export function codeOf(text: string): string {
  const trimmed = text.trim();
  if (/^https?:\/\//i.test(trimmed)) {
    try {
      const url = new URL(trimmed);
      return url.searchParams.get('code') ?? url.pathname.split('/').filter(Boolean).pop() ?? '';
    } catch {
      return '';
    }
  }
  return typed.test(trimmed) ? trimmed.replace(/\s+/g, '').toUpperCase() : trimmed;
}
