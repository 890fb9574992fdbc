// libFuzzer over chat templates: any text is refused, or renders to UTF-8 within small limits.
#include "fuzz/properties.h"
#include "millet/text/chat_template.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace millet;
  static const io::Json messages = io::Json::parse(
      R"([{"role": "user", "content": "Hi"}, {"role": "assistant", "tool_calls": [{"function": {"name": "f"}}]}])");
  try {
    const text::ChatTemplate chat({reinterpret_cast<const char*>(data), size});
    const std::string text = chat.render(messages, {.extra = io::Json::parse(R"({"x": 1, "s": "aé", "l": [1, 2.5]})"),
                                                    .limits = {.steps = 100'000, .bytes = 1 << 22}});
    fuzz::must(io::invalid_utf8(text) == std::string_view::npos, "a rendering that is not UTF-8");
  } catch (const Error& error) {
    fuzz::must(error.fault() == Fault::input, "not the input's fault: " + std::string(error.what()));
    fuzz::must(std::string_view(error.what()).starts_with("chat template"), "does not name the template");
  }
  return 0;
}
