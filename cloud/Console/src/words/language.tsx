import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import type { LocalText } from '../api/types';
import { remember, remembered } from '../live/memory';

export type Language = 'en' | 'zh';

interface Speaking {
  language: Language;
  speak: (language: Language) => void;
}

const Spoken = createContext<Speaking>({ language: 'en', speak: () => undefined });

/** The reader's own choice, else the first language of the browser that we have, else English. */
export function chooseLanguage(chosen: string | null, wanted: readonly string[]): Language {
  const all = chosen === null ? wanted : [chosen, ...wanted];
  for (const tag of all) {
    const primary = tag.toLowerCase().split('-')[0];
    if (primary === 'zh' || primary === 'en') return primary;
  }
  return 'en';
}

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(() => chooseLanguage(remembered('language'), navigator.languages));
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  }, [language]);
  const speaking = useMemo(
    () => ({
      language,
      speak: (next: Language) => {
        remember('language', next);
        setLanguage(next);
      },
    }),
    [language],
  );
  return <Spoken value={speaking}>{children}</Spoken>;
}

export function useLanguage(): Speaking {
  return useContext(Spoken);
}

/** The words of a page in the reader's language; both languages must say the same things. */
export function useSay<T>(words: Record<Language, T>): T {
  return words[useContext(Spoken).language];
}

/** @returns the text in the language, English when it has no other. */
export function inLanguage(text: LocalText | null | undefined, language: Language): string {
  if (text === null || text === undefined) return '';
  return (language === 'zh' ? text.zh : null) || text.en;
}

/** @returns the reader's half of what the service says in English and then in Chinese; what is in one language only as it is. */
export function readersHalf(said: string, language: Language): string {
  const [, en, zh] = /^(.*?[.!?])\s+(\p{Script=Han}.*)$/su.exec(said) ?? [];
  return (language === 'zh' ? zh : en) ?? said;
}

export function useLocal(): (text: LocalText | null | undefined) => string {
  const { language } = useLanguage();
  return (text) => inLanguage(text, language);
}
