#include "reports/page/column_file.h"

#include <openssl/evp.h>
#include <zlib.h>

#include <bit>

#include "base/error.h"

namespace vffn {

static_assert(std::endian::native == std::endian::little,
              "columns are written with the byte order of the memory");

std::string ColumnFile::Deflated() const {
  auto members = facts_;
  members.emplace_back("columns", JsonText::Object(columns_));
  std::string header = JsonText::Object(members).text();
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
