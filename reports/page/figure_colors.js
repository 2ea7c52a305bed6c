"use strict";
// The colours of a figure on a dark page. A specification is written for white paper.

class FigureColors {
  static PAPER = "#16181b";  // as --paper in page.css
  static LEAST_CONTRAST = 4.5;

  static rgb(hex) { return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)); }
  static hex(rgb) { return "#" + rgb.map((c) => Math.round(c).toString(16).padStart(2, "0")).join(""); }

  /** Relative luminance as WCAG 2 defines it. */
  static luminance(rgb) {
    const [r, g, b] = rgb.map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }

  static contrast(a, b) {
    const [x, y] = [this.luminance(a), this.luminance(b)];
    return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
  }

  /** Greys are turned round; other colours become lighter until they can be read on the dark paper. */
  static onDark(hex) {
    const rgb = this.rgb(hex), paper = this.rgb(this.PAPER);
    if (rgb.every((c) => c === rgb[0])) return this.hex(paper.map((c) => c + (255 - rgb[0]) * (236 - c) / 255));
    let lighter = rgb;
    for (let part = 0.05; part < 1 && this.contrast(lighter, paper) < this.LEAST_CONTRAST; part += 0.05) {
      lighter = rgb.map((c) => c + part * (255 - c));
    }
    return this.hex(lighter);
  }

  /** A specification with other colours; its data stay as they are. */
  static dark(specification) {
    const { datasets, ...drawing } = specification;
    const text = JSON.stringify(drawing).replaceAll('"white"', '"#ffffff"').replaceAll('"black"', '"#000000"')
      .replace(/#[0-9a-fA-F]{6}\b/g, (hex) => this.onDark(hex));
    const dark = JSON.parse(text), ink = this.onDark("#1a1a1a");
    dark.config = { ...dark.config, header: { labelColor: ink, titleColor: ink, ...dark.config?.header } };
    return { ...dark, ...(datasets ? { datasets } : {}) };
  }
}
