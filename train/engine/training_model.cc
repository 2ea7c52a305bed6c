#include "train/engine/training_model.h"

#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>

#include <utility>

#include "base/error.h"
#include "train/engine/attention_layer.h"
#include "train/engine/ffn_layer.h"
#include "train/engine/head_loss.h"

namespace vffn {
namespace {

struct TrainingLayer {
  AttentionLayer attention;
  std::unique_ptr<FfnLayer> ffn;
  at::Tensor input;  // [B T, d], with activation checkpointing
};

/// Labels: the next token of the sequence; -1 at its end and in sequences that are left out. [B T].
at::Tensor ShiftedLabels(const at::Tensor& tokens, const std::vector<int64_t>& left_out) {
  at::Tensor labels = at::full_like(tokens, -1);
  labels.narrow(1, 0, tokens.size(1) - 1).copy_(tokens.narrow(1, 1, tokens.size(1) - 1));
  for (const int64_t sequence : left_out) {
    labels[sequence].fill_(-1);
  }
  return labels.flatten();
}

/// Adds rows of dx to the gradient of the embedding, always in the same order.
void AddEmbeddingGradient(const at::Tensor& tokens, const at::Tensor& dx, at::Tensor gradient) {
  if (!dx.device().is_cpu() || dx.scalar_type() != at::kFloat) {
    gradient.index_add_(0, tokens, dx);
    return;
  }
  const int64_t d = dx.size(1);
  const auto* ids = tokens.const_data_ptr<int64_t>();
  const auto* from = dx.const_data_ptr<float>();
  auto* to = gradient.mutable_data_ptr<float>();
  at::parallel_for(0, d, 16, [&](int64_t begin, int64_t end) {  // columns of the embedding
    for (int64_t row = 0; row < tokens.size(0); ++row) {
      for (int64_t i = begin; i < end; ++i) {
        to[ids[row] * d + i] += from[row * d + i];
      }
    }
  });
}

}  // namespace

struct TrainingModel::Parts {
  Parts(const Checkpoint& checkpoint, const TrainingOptions& training)
      : options(training),
        config(checkpoint.config()),
        parameters(checkpoint, training.device, training.type),
        ops(training.device, training.type),
        linear(ops, parameters),
        rotary(FullFrequencies(config), config.max_sequence_length, training.device),
        head(config) {
    const std::string peculiarities = Peculiarities(config);
    VFFN_CHECK(peculiarities.empty(), "training computes decoders like Llama's only; this model has ",
               peculiarities);
    VFFN_CHECK(
        !config.ffn.probes.shuffle_loops && !config.ffn.probes.sample_loops,
        "shuffle_loops and sample_loops are controls for trained models: there is no training with them");
    for (int64_t layer = 0; layer < config.n_layers; ++layer) {
      layers.push_back({AttentionLayer(config, layer), MakeFfnLayer(config, layer), {}});
    }
  }

  TrainingSums EmptySums() const;
  at::Tensor RunLayers(LayerPass& pass, at::Tensor x, bool keep_inputs);
  at::Tensor RunLayersBackward(LayerPass& pass, at::Tensor dx);

  TrainingOptions options;
  ModelConfig config;
  ParameterStore parameters;
  Ops ops;
  LinearLayers linear;
  RotaryTable rotary;
  HeadLoss head;
  std::vector<TrainingLayer> layers;
};

TrainingSums TrainingModel::Parts::EmptySums() const {
  const FfnConfig& ffn = config.ffn;
  const auto states = at::TensorOptions(options.device).dtype(ops.state_type());
  TrainingSums sums;
  const std::optional<double> lambda =
      ffn.kind == FfnKind::kVersatile ? FixedLambda(ffn.probes) : std::nullopt;
  if (ffn.kind == FfnKind::kVersatile && lambda != 1.0) {
    sums.loops = at::zeros({config.n_layers, ffn.max_loops}, states.dtype(at::kLong));
    sums.lambda = at::zeros({config.n_layers}, states);
  }
  if (ffn.kind == FfnKind::kMoe || (ffn.kind == FfnKind::kVersatile && lambda != 0.0)) {
    sums.experts = at::zeros({config.n_layers, ffn.n_experts}, states.dtype(at::kLong));
    sums.balance_loss = at::zeros({}, states);
  }
  return sums;
}

at::Tensor TrainingModel::Parts::RunLayers(LayerPass& pass, at::Tensor x, bool keep_inputs) {
  for (TrainingLayer& layer : layers) {
    if (keep_inputs) {
      layer.input = x;
    }
    x = layer.ffn->Forward(pass, layer.attention.Forward(pass, x));
    if (keep_inputs) {
      layer.attention.Clear();
      layer.ffn->Clear();
    }
  }
  return x;
}

at::Tensor TrainingModel::Parts::RunLayersBackward(LayerPass& pass, at::Tensor dx) {
  pass.sums = nullptr;  // a layer that runs again counts nothing again
  for (size_t i = layers.size(); i-- > 0;) {
    TrainingLayer& layer = layers[i];
    if (layer.input.defined()) {
      layer.ffn->Forward(pass, layer.attention.Forward(pass, std::exchange(layer.input, {})));
    }
    dx = layer.attention.Backward(pass, layer.ffn->Backward(pass, dx));
  }
  return dx;
}

TrainingModel::TrainingModel(const Checkpoint& checkpoint, const TrainingOptions& options)
    : parts_(std::make_unique<Parts>(checkpoint, options)) {}

TrainingModel::~TrainingModel() = default;

const ModelConfig& TrainingModel::config() const { return parts_->config; }
ParameterStore& TrainingModel::parameters() { return parts_->parameters; }
const ParameterStore& TrainingModel::parameters() const { return parts_->parameters; }
double TrainingModel::flops() const { return parts_->linear.flops(); }

TrainingSums TrainingModel::Run(const at::Tensor& tokens, const TrainingPass& pass, bool gradients) {
  const c10::AutoGradMode no_graph(false);  // gradients are computed here, not by LibTorch
  Parts& p = *parts_;
  VFFN_CHECK(tokens.dim() == 2 && tokens.size(1) <= p.config.max_sequence_length, "a batch of sequences of ",
             tokens.size(-1), " tokens; the model's longest sequence has ", p.config.max_sequence_length);
  std::vector<int32_t> positions;
  for (int64_t position = 0; position < tokens.size(1); ++position) {
    positions.push_back(static_cast<int32_t>(position));
  }
  const RotaryAngles angles = p.rotary.At(positions);
  TrainingSums sums = p.EmptySums();
  LayerPass layers{.pass = &pass,
                   .linear = &p.linear,
                   .angles = &angles,
                   .sums = &sums,
                   .batch = tokens.size(0),
                   .length = tokens.size(1)};
  const at::Tensor ids = tokens.flatten();
  at::Tensor x = p.parameters.master("embedding.weight").index_select(0, ids);  // [B T, d]
  x = p.RunLayers(layers, x, !gradients || p.options.activation_checkpointing);
  HeadLoss::Result head = p.head.Run(layers, x, ShiftedLabels(tokens, pass.left_out), gradients);
  sums.loss = head.loss;
  if (gradients) {
    const at::Tensor dx = p.RunLayersBackward(layers, head.dx);
    AddEmbeddingGradient(ids, dx, p.parameters.gradient("embedding.weight"));
  } else {
    for (TrainingLayer& layer : p.layers) {
      layer.input.reset();
    }
  }
  return sums;
}

TrainingSums TrainingModel::ForwardBackward(const at::Tensor& tokens, const TrainingPass& pass) {
  return Run(tokens, pass, /*gradients=*/true);
}

TrainingSums TrainingModel::Forward(const at::Tensor& tokens, const TrainingPass& pass) {
  return Run(tokens, pass, /*gradients=*/false);
}

}  // namespace vffn
