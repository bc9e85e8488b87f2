import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { LanguageProvider } from '../words/language';
import { Guard } from './Guard';
import './look.css';

export function start(page: ReactNode): void {
  const root = document.getElementById('page');
  if (root === null) throw new Error('The page has no #page element');
  createRoot(root).render(
    <StrictMode>
      <LanguageProvider>
        <Guard>{page}</Guard>
      </LanguageProvider>
    </StrictMode>,
  );
}
