// libFuzzer over tokenizer.json: any bytes are refused, or are a tokenizer whose texts come back, token by token as
// well as at once, and that is the same when it was written and read again. The text stands behind the first NUL byte.
#include <unistd.h>

#include <filesystem>

#include "fuzz/properties.h"
#include "millet/io/file.h"
#include "millet/text/detokenizer.h"
#include "millet/text/tokenizer.h"

namespace {

using namespace millet;
using Ids = std::vector<int32_t>;

std::string in_pieces(const text::Tokenizer& tokenizer, const Ids& ids) {
  text::Detokenizer detokenizer(tokenizer, {.skip_special = false});
  std::string out;
  for (const int32_t id : ids) {
    out += detokenizer.push(id);
    fuzz::must(io::invalid_utf8(out) == std::string_view::npos, "half a character");
  }
  return out + detokenizer.finish();
}

Ids encoded(const text::Tokenizer& tokenizer, std::string_view text, bool marks) {
  try {
    return tokenizer.encode(text, {.allow_special = marks});
  } catch (const Error& error) {
    fuzz::must(error.fault() == Fault::input, "not the text's fault: " + std::string(error.what()));
    return {};
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("millet fuzz tokenizer " + std::to_string(getpid()));
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t end = std::min(input.find('\0'), input.size());
  std::filesystem::create_directories(folder);
  auto load = [&](std::string_view json) {
    std::ofstream(folder / "tokenizer.json", std::ios::binary) << json;
    return text::Tokenizer::load(folder);
  };
  try {
    const text::Tokenizer tokenizer = load(input.substr(0, end));
    const std::string written = tokenizer.tokenizer_json().dump();
    const text::Tokenizer again = load(written);
    fuzz::must(again.tokenizer_json().dump() == written, "written otherwise: " + written);
    const std::string texts[] = {"a b 12  ab<s>\n\u00e9\u4f60 ", std::string(input.substr(std::min(end + 1, size)))};
    for (const std::string& text : texts) {
      for (const bool marks : {false, true}) {
        const Ids ids = encoded(tokenizer, text, marks);
        fuzz::must(ids == encoded(again, text, marks), "encodes otherwise when read again");
        const std::string decoded = tokenizer.decode(ids);
        fuzz::must(io::invalid_utf8(decoded) == std::string_view::npos, "decoded to what is not UTF-8");
        fuzz::must(in_pieces(tokenizer, ids) == decoded, "piece by piece another text");
        for (const int32_t id : ids) fuzz::must(id >= 0 && id < tokenizer.vocab_size(), "an id beyond the vocabulary");
        if (marks || tokenizer.kind() != "bpe") continue;
        for (const int32_t id : ids) {
          const text::AddedToken* added = tokenizer.added(id);
          fuzz::must(added == nullptr || !added->is_mark(), "a mark of text from outside");
        }
      }
    }
  } catch (const Error& error) {
    fuzz::must(error.fault() == Fault::input, "not the input's fault: " + std::string(error.what()));
    fuzz::must(io::invalid_utf8(error.what()) == std::string_view::npos, "an error that is not UTF-8");
  }
  return 0;
}
