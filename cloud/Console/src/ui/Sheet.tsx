import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { type ReactNode, useRef } from 'react';
import { useSay } from '../words/language';
import { common } from './words';

/** A dialog: a card in the middle of a desk's screen, a sheet from the foot of a phone's. */
export function Sheet(props: {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: string;
  children: ReactNode;
}) {
  const say = useSay(common);
  // Whoever opened it by the keyboard goes on from there; the dialog itself knows only buttons of its own.
  const from = useRef<Element>(null);
  return (
    <Dialog.Root open={props.open} onOpenChange={(open) => !open && props.onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="veil" />
        <Dialog.Content
          className="sheet stack"
          onOpenAutoFocus={() => {
            from.current = document.activeElement;
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            if (from.current instanceof HTMLElement) from.current.focus();
          }}
          {...(props.description === undefined ? { 'aria-describedby': undefined } : {})}
        >
          <div className="row apart" style={{ flexWrap: 'nowrap', alignItems: 'flex-start' }}>
            <Dialog.Title asChild>
              <h2 className="words">{props.title}</h2>
            </Dialog.Title>
            <Dialog.Close
              className="button plain"
              aria-label={say.close}
              style={{ margin: '-0.5rem -0.5rem -0.5rem 0' }}
            >
              <X size={20} aria-hidden="true" />
            </Dialog.Close>
          </div>
          {props.description !== undefined && (
            <Dialog.Description className="quiet">{props.description}</Dialog.Description>
          )}
          {props.children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
