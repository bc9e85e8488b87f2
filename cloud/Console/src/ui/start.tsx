import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { LanguageProvider } from '../words/language';
import './look.css';

export function start(page: ReactNode): void {
  const root = document.getElementById('page');
  if (root === null) throw new Error('The page has no #page element');
  createRoot(root).render(
    <StrictMode>
      <LanguageProvider>{page}</LanguageProvider>
    </StrictMode>,
  );
}
