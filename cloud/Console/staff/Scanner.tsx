import jsQR from 'jsqr';
import { CameraOff } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Notice } from '../src/ui/parts';
import { useSay } from '../src/words/language';
import { words } from './words';

/** Frames are read at most this wide: a QR code held to a camera fills much of it, and phones stay cool. */
const readWidth = 640;
const pauseMs = 120;

/** Looks through the camera until it sees a QR code. Nothing is stored or sent. */
export default function Scanner({ found }: { found: (text: string) => void }) {
  const say = useSay(words);
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<'wait' | 'see' | 'none' | 'denied'>('wait');
  const latest = useRef(found);
  latest.current = found;

  useEffect(() => {
    let wanted = true;
    let stream: MediaStream | undefined;
    let timer: ReturnType<typeof setTimeout>;
    const canvas = document.createElement('canvas');
    const look = () => {
      const seen = video.current;
      if (!wanted || seen === null) return;
      if (seen.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && seen.videoWidth > 0) {
        const shrink = Math.min(1, readWidth / seen.videoWidth);
        canvas.width = Math.round(seen.videoWidth * shrink);
        canvas.height = Math.round(seen.videoHeight * shrink);
        const pen = canvas.getContext('2d', { willReadFrequently: true });
        if (pen !== null) {
          pen.drawImage(seen, 0, 0, canvas.width, canvas.height);
          const read = jsQR(pen.getImageData(0, 0, canvas.width, canvas.height).data, canvas.width, canvas.height);
          if (read !== null && read.data.trim() !== '') {
            wanted = false;
            latest.current(read.data);
            return;
          }
        }
      }
      timer = setTimeout(look, pauseMs);
    };
    const open = async () => {
      if (navigator.mediaDevices === undefined) return setState('none');
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' }, audio: false });
      } catch (error) {
        if (wanted) setState(error instanceof DOMException && error.name === 'NotAllowedError' ? 'denied' : 'none');
        return;
      }
      if (!wanted || video.current === null) {
        for (const track of stream.getTracks()) track.stop();
        return;
      }
      video.current.srcObject = stream;
      await video.current.play().catch(() => undefined);
      if (wanted) setState('see');
      look();
    };
    void open();
    return () => {
      wanted = false;
      clearTimeout(timer);
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
  }, []);

  if (state === 'none' || state === 'denied')
    return (
      <Notice icon={CameraOff} tone="warn">
        {state === 'none' ? say.scanNone : say.scanDenied}
      </Notice>
    );
  return (
    <div className="finder">
      <video ref={video} muted playsInline aria-label={say.scanTitle} />
      {state === 'wait' && <p className="quiet">{say.scanWait}</p>}
    </div>
  );
}
