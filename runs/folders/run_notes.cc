#include "runs/folders/run_notes.h"

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/fields.h"
#include "base/json.h"

namespace vffn {

OrderedJson ToJson(const RunNotes& notes) {
  OrderedJson json = OrderedJson::object();
  if (notes.name) {
    json["name"] = *notes.name;
  }
  if (notes.row) {
    json["row"] = *notes.row;
  }
  if (notes.loss) {
    json["loss"] = *notes.loss;
  }
  if (notes.paper_text) {
    json["loss_text"] = kPaperText;
  }
  json["untrained"] = notes.untrained;
  return json;
}

bool IsPaperText(const std::string& loss_text, const std::string& where) {
  VFFN_CHECK(loss_text.empty() || loss_text == kPaperText, where, " is \"", loss_text, "\", should be \"",
             kPaperText,
             "\" (the losses were measured on text of the paper's training corpus) or be left out");
  return loss_text == kPaperText;
}

RunNotes ParseRunNotes(const Json& json, const std::string& origin) {
  const Fields fields(json, origin);
  RunNotes notes{
      .name = fields.Optional<std::string>("name"),
      .row = fields.Optional<std::string>("row"),
      .loss = fields.Optional<double>("loss"),
      .paper_text = IsPaperText(fields.Get<std::string>("loss_text", ""), fields.Where("loss_text")),
      .untrained = fields.Get<bool>("untrained", false)};
  VFFN_CHECK(notes.loss.value_or(0) >= 0, fields.Where("loss"), " is ", *notes.loss,
             ", should not be negative");
  fields.RefuseUnknown();
  return notes;
}

RunNotes ReadRunNotes(const std::filesystem::path& path) {
  return std::filesystem::exists(path) ? ParseRunNotes(ReadJsonFile(path), path.string()) : RunNotes();
}

void WriteRunNotes(const std::filesystem::path& path, const RunNotes& notes) {
  WriteFileAtomically(path, ToJson(notes).dump(2) + "\n");
}

}  // namespace vffn
