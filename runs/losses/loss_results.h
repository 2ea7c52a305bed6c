// loss_results.json: the means of a file of losses, for other programs. It follows from losses.jsonl alone.
//
//   {"vffn_loss_results":1,"model":"final","program_version":"0.1.0","identity":{...},"window":{...},
//    "window_text":"rolling windows of 2048 tokens ...","text_sha256":"...",
//    "all":{"documents":120,"empty":0,"tokens":51234,"bytes":230001,"characters":229801,"words":38112,
//           "nats_per_token":{"value":2.9,"stderr":0.03},"token_perplexity":{...},"bits_per_byte":{...},
//           "byte_perplexity":{...},"bits_per_character":{...},"word_perplexity":{...}},
//    "sources":{"wiki.jsonl":{...}}}
//
// What is not known is absent.
#pragma once

#include <filesystem>
#include <span>

#include "analysis/document_loss.h"
#include "base/json_fwd.h"
#include "runs/losses/loss_header.h"

namespace vffn {

OrderedJson LossResultsJson(const LossHeader& header, std::span<const DocumentLoss> losses);

/// Whether the file is one that WriteLossResults wrote.
bool IsLossResults(const std::filesystem::path& path);

/// Replaces the file, whole or not at all.
void WriteLossResults(const std::filesystem::path& path, const LossHeader& header,
                      std::span<const DocumentLoss> losses);

}  // namespace vffn
