"use strict";
// Reads the columns that question_page.cc writes.

class QuestionData {
  /** Inflates the text of the #question-data element. */
  static async read(text) {
    const binary = atob(text), deflated = new Uint8Array(binary.length);
    for (let i = 0; i < binary.length; i++) deflated[i] = binary.charCodeAt(i);
    const inflating = new Blob([deflated]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new QuestionData(await new Response(inflating).arrayBuffer());
  }

  constructor(buffer) {
    const length = new DataView(buffer).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
    const types = { u8: Uint8Array, u32: Uint32Array, f32: Float32Array, f64: Float64Array };
    const column = (name) => {
      const [type, offset, count] = header.columns[name];
      return new types[type](buffer, 4 + length + offset, count);
    };
    Object.assign(this, { tasks: header.tasks, metrics: header.metrics });
    for (const name of ["task", "metric", "gold", "doc_id", "piece_bytes", "piece_begin"]) this[name] = column(name);
    this.count = this.task.length;
    this.models = header.models.map((facts, index) => {
      const model = { ...facts };
      for (const name of Object.keys(header.columns)) {
        const prefix = `m${index}_`;
        if (name.startsWith(prefix)) model[name.slice(prefix.length)] = column(name);
      }
      return this.#indexed(model);
    });
    this.byName = new Map();
    for (let i = 0; i < this.count; i++) this.byName.set(this.nameOf(i), i);
    this.texts = null;
  }

  /** Adds, for each question, the index of its first choice, its mean loops and its margin. */
  #indexed(model) {
    model.choice_begin = new Uint32Array(this.count + 1);
    model.mean_loops = new Float32Array(this.count);
    model.margin = new Float32Array(this.count);
    for (let q = 0; q < this.count; q++) {
      const sequences = model.sequence_begin[q + 1] - model.sequence_begin[q];
      const begin = model.choice_begin[q];
      const end = model.choice_begin[q + 1] = begin + sequences - model.contexts[q];
      const scores = [...model.choice_score.subarray(begin, end)].sort((a, b) => b - a);
      // An empty answer has the score -Infinity: it never decides.
      model.margin[q] = scores.length < 2 ? 0 : Number.isFinite(scores[1]) ? scores[0] - scores[1] : 3e38;
      if (model.loops.length > 0) {
        const first = model.token_begin[model.sequence_begin[q]] * model.layers;
        const last = model.token_begin[model.sequence_begin[q + 1]] * model.layers;
        let sum = 0, count = 0;
        for (let i = first; i < last; i++) {
          sum += model.loops[i];
          if (model.loops[i] > 0) count++;
        }
        model.mean_loops[q] = sum / Math.max(1, count);
      }
    }
    return model;
  }

  nameOf(q) { return `${this.tasks[this.task[q]]}/${this.doc_id[q]}`; }

  isRight(q, model) { return this.models[model].predicted[q] === this.gold[q]; }

  /** The contexts' and the choices' sequences of a question: token ranges. */
  answerOf(q, index) {
    const model = this.models[index];
    const first = model.sequence_begin[q];
    const range = (s) => ({ begin: model.token_begin[s], end: model.token_begin[s + 1] });
    const contexts = [], choices = [];
    for (let s = first; s < first + model.contexts[q]; s++) contexts.push(range(s));
    for (let s = first + model.contexts[q], c = model.choice_begin[q]; s < model.sequence_begin[q + 1]; s++, c++) {
      choices.push({ ...range(s), context: model.choice_context[c], score: model.choice_score[c] });
    }
    return { contexts, choices, predicted: model.predicted[q] };
  }

  #bytesOf(piece) { return this.piece_bytes.subarray(this.piece_begin[piece], this.piece_begin[piece + 1]); }

  /** A token for display: its text, or its bytes in hexadecimal if they are not UTF-8. */
  pieceOf(model, token) {
    const bytes = this.#bytesOf(this.models[model].tokens[token]);
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      return [...bytes].map((byte) => "\\x" + byte.toString(16).padStart(2, "0").toUpperCase()).join("");
    }
  }

  /** The text of a range of tokens. */
  textOf(model, { begin, end }) {
    const bytes = [];
    for (let t = begin; t < end; t++) bytes.push(...this.#bytesOf(this.models[model].tokens[t]));
    return new TextDecoder().decode(new Uint8Array(bytes));
  }

  /** The text to search in: the contexts and choices of the first model. */
  searchText(q) {
    this.texts ??= new Array(this.count);
    if (this.texts[q] === undefined) {
      const { contexts, choices } = this.answerOf(q, 0);
      const text = [...contexts, ...choices].map((range) => this.textOf(0, range)).join(" ");
      this.texts[q] = (this.nameOf(q) + " " + text).toLowerCase();
    }
    return this.texts[q];
  }

  logProbOf(model, token) { return this.models[model].log_probs[token]; }
  /** Whether a token was fed to the model. The last token of a continuation is only predicted. */
  wasRun(model, token) { return this.models[model].loops.length === 0 || this.loopsOf(model, token, 0) > 0; }

  loopsOf(model, token, layer) { return this.models[model].loops[token * this.models[model].layers + layer]; }

  lambdaOf(model, token, layer) {
    const columns = this.models[model];
    return columns.lambda_values[columns.lambda[token * columns.layers + layer]];
  }

  /** Indices; empty where the width branch did not run. */
  expertsOf(model, token, layer) {
    const { experts, layers, top_k } = this.models[model];
    const begin = (token * layers + layer) * top_k;
    return [...experts.subarray(begin, begin + top_k)].filter((expert) => expert !== 255);
  }
}
