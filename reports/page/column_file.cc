#include "reports/page/column_file.h"

#include <openssl/evp.h>
#include <zlib.h>

#include <bit>

#include "base/error.h"

namespace vffn {

static_assert(std::endian::native == std::endian::little, "columns are written as they lie in memory");

void ColumnFile::Append(const std::string& name, const char* type, const void* values, size_t count,
                        size_t size) {
  bytes_.resize((bytes_.size() + 7) / 8 * 8);
  header_["columns"][name] = {type, bytes_.size(), count};
  bytes_.append(static_cast<const char*>(values), count * size);
}

std::string ColumnFile::Deflated() const {
  std::string header = header_.dump();
  header.resize((header.size() + 4 + 7) / 8 * 8 - 4, ' ');
  const auto length = static_cast<uint32_t>(header.size());
  const std::string plain = std::string(reinterpret_cast<const char*>(&length), 4) + header + bytes_;

  uLongf deflated_size = compressBound(plain.size());
  std::string deflated(deflated_size, '\0');
  const int status = compress2(reinterpret_cast<Bytef*>(deflated.data()), &deflated_size,
                               reinterpret_cast<const Bytef*>(plain.data()), plain.size(), 6);
  VFFN_CHECK(status == Z_OK, "zlib cannot deflate the page's data: error ", status);
  // EVP_EncodeBlock counts in int.
  VFFN_CHECK(deflated_size < (size_t{1} << 30), "the page's data are too large: ", deflated_size,
             " bytes deflated; put fewer questions on the page");
  std::string text((deflated_size + 2) / 3 * 4 + 1, '\0');
  const int written = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                      reinterpret_cast<const unsigned char*>(deflated.data()),
                                      static_cast<int>(deflated_size));
  text.resize(static_cast<size_t>(written));
  return text;
}

}  // namespace vffn
