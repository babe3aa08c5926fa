"""What a page plays, measured inside the page: the strength of a tone in its sound."""

from playwright.sync_api import BrowserContext, Page

LOUD = -35.0
"""dB in the spectrum, of a tone that is there; one that is not lies under -70."""

_TAP = """
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...more) {
    if (to instanceof AudioDestinationNode) {
      window.heard = new AnalyserNode(this.context, { fftSize: 16384, smoothingTimeConstant: 0 });
      connect.call(this, window.heard);
    }
    return connect.call(this, to, ...more);
  };
  window.toneLevel = (hertz) => {
    if (!window.heard) return -200;
    const bins = new Float32Array(window.heard.frequencyBinCount);
    window.heard.getFloatFrequencyData(bins);
    const at = Math.round((hertz * 16384) / window.heard.context.sampleRate);
    return Math.max(...bins.slice(at - 3, at + 4));
  };
"""


def listen_to_page(context: BrowserContext) -> None:
    """Have every page of this window tell what it plays."""
    context.add_init_script(_TAP)


def level_in(page: Page, hertz: float) -> float:
    """Of a tone in what the page plays now, in dB."""
    return float(page.evaluate("hertz => window.toneLevel(hertz)", hertz))


def heard_in(page: Page, hertz: float) -> bool:
    """Whether the page plays that tone now."""
    return level_in(page, hertz) > LOUD
