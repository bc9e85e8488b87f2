import { CircleAlert, CircleX, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Problem } from '../api/client';
import type { LinkState } from '../live/link';
import { type Language, readersHalf, useLanguage, useSay } from '../words/language';
import { common } from './words';

/** A doorway with somebody in it. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#0f566e" />
      <path d="M8 26V15a8 8 0 0 1 16 0v11" fill="none" stroke="#cfe6ee" strokeWidth="2.6" strokeLinecap="round" />
      <circle cx="16" cy="19" r="4.4" fill="#f6b73c" />
    </svg>
  );
}

export function Top({ name, role, children }: { name: string; role?: string | undefined; children?: ReactNode }) {
  return (
    <header className="top">
      <div className="top-in">
        <div className="mark">
          <Mark />
          <span>
            {name} {role !== undefined && <span className="role">{role}</span>}
          </span>
        </div>
        <div className="top-end">
          {children}
          <Languages />
        </div>
      </div>
    </header>
  );
}

const languages: { tag: Language; lang: string; short: string; long: string }[] = [
  { tag: 'en', lang: 'en', short: 'EN', long: 'English' },
  { tag: 'zh', lang: 'zh-CN', short: '中', long: '中文' },
];

export function Languages() {
  const { language, speak } = useLanguage();
  return (
    <fieldset className="languages" aria-label="Language · 语言" style={{ border: 0, margin: 0 }}>
      {languages.map(({ tag, lang, short, long }) => (
        <button
          key={tag}
          type="button"
          lang={lang}
          aria-pressed={language === tag}
          aria-label={long}
          onClick={() => speak(tag)}
        >
          {short}
        </button>
      ))}
    </fieldset>
  );
}

/** Whether what is on screen is live; said aloud when it changes. */
export function LinkChip({ state }: { state: LinkState }) {
  const say = useSay(common);
  const tone = { live: 'good', connecting: '', reconnecting: 'warn', refused: 'bad' }[state];
  return (
    <span className={`chip ${tone}`} role="status">
      <span className={state === 'refused' ? 'dot' : 'dot beats'} aria-hidden="true" />
      {say.link[state]}
    </span>
  );
}

export function Blank({ icon: Icon, title, children }: { icon: LucideIcon; title: string; children?: ReactNode }) {
  return (
    <div className="blank">
      <Icon size={30} strokeWidth={1.6} aria-hidden="true" />
      <strong>{title}</strong>
      {children}
    </div>
  );
}

export function Notice({
  icon: Icon,
  tone = '',
  children,
}: {
  icon: LucideIcon;
  tone?: 'warn' | 'bad' | '';
  children: ReactNode;
}) {
  return (
    <div className={`notice ${tone}`} role={tone === 'bad' ? 'alert' : undefined}>
      <Icon size={18} aria-hidden="true" />
      <div className="words">{children}</div>
    </div>
  );
}

/** Why something that was asked for was not done, where it was asked for. Nothing while there is no problem. */
export function NotDone({ what, problem }: { what?: string; problem: Problem | undefined }) {
  const say = useSay(common);
  const { language } = useLanguage();
  return problem === undefined ? null : (
    <Notice icon={CircleX} tone="bad">
      {what} {problem.status === 0 ? say.noConnection : readersHalf(problem.detail ?? problem.message, language)}
    </Notice>
  );
}

/** What went wrong and what can be done about it. */
export function Failure({ problem, retry }: { problem: Problem; retry?: (() => void) | undefined }) {
  const say = useSay(common);
  const { language } = useLanguage();
  return (
    <div className="blank" role="alert">
      <CircleAlert size={30} strokeWidth={1.6} aria-hidden="true" />
      <strong>{problem.status === 0 ? say.noConnection : say.didNotWork}</strong>
      <p className="words">
        {problem.status === 0 ? say.noConnectionHelp : readersHalf(problem.detail ?? problem.message, language)}
      </p>
      {retry !== undefined && (
        <button type="button" className="button calm" onClick={retry}>
          {say.tryAgain}
        </button>
      )}
    </div>
  );
}

export function Bones({ lines = 3, height = '4.5rem' }: { lines?: number; height?: string }) {
  const say = useSay(common);
  return (
    <div className="stack tight" role="status">
      <span className="sr-only">{say.loading}</span>
      {Array.from({ length: lines }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
        <div key={i} className="bone" style={{ height }} />
      ))}
    </div>
  );
}
