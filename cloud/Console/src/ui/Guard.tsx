import { CircleAlert } from 'lucide-react';
import { Component, type ReactNode } from 'react';
import { useSay } from '../words/language';
import { common } from './words';

/**
 * What stands where a page could not be drawn, instead of nothing: a mistake of ours, or a page that was open while the service
 * became a newer one. The till and the wallet are a tap away again.
 */
export class Guard extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    return this.state.broken ? <Broken /> : this.props.children;
  }
}

function Broken() {
  const say = useSay(common);
  return (
    <main className="blank" role="alert">
      <CircleAlert size={30} strokeWidth={1.6} aria-hidden="true" />
      <strong>{say.broken}</strong>
      <p className="words">{say.brokenHelp}</p>
      <button type="button" className="button calm" onClick={() => location.reload()}>
        {say.loadAgain}
      </button>
    </main>
  );
}
