// Two short tones for a new critical alarm. Off until the guard switches it on: a browser wants that too.
import { byId, say } from "./dom.js";
import { t } from "./texts.js";

const TONES = [[880, 0], [660, 0.22], [880, 0.44]]; // Hz, seconds from now
const LENGTH = 0.18;

let context = null;

export function prepareSound() {
  const button = byId("sound");
  const show = () => {
    const on = context !== null;
    button.setAttribute("aria-pressed", String(on));
    say(button, t(on ? "soundOn" : "soundOff"));
  };
  button.addEventListener("click", () => {
    if (context) {
      context.close();
      context = null;
    } else {
      context = new AudioContext();
      chime(); // so that the guard hears what it will be
    }
    show();
  });
  show();
}

export function chime() {
  if (!context) return;
  for (const [pitch, delay] of TONES) {
    const tone = new OscillatorNode(context, { type: "triangle", frequency: pitch });
    const volume = new GainNode(context, { gain: 0 });
    const at = context.currentTime + delay;
    volume.gain.setTargetAtTime(0.4, at, 0.01);
    volume.gain.setTargetAtTime(0, at + LENGTH * 0.7, 0.02);
    tone.connect(volume).connect(context.destination);
    tone.start(at);
    tone.stop(at + LENGTH);
  }
}
