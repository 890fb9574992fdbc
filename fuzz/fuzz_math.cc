// libFuzzer over answers: any text is judged without a crash and within small limits, and is equal to itself as text.
#include "fuzz/properties.h"
#include "millet/tasks/math/verify.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace millet;
  using namespace millet::tasks::math;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const size_t middle = text.find('\n');  // two answers a file: the gold one, and what is behind the line
  const std::string gold = text.substr(0, middle);
  const std::string prediction = middle == std::string::npos ? gold : text.substr(middle + 1);
  for (const Extract extract :
       {Extract::latex_expression, Extract::choice_letter, Extract::raw, Extract::string_rule}) {
    VerifyOptions options;
    options.extract = extract;
    options.language = size % 2 == 0 ? "" : "chinese";
    const Verdict verdict = verify_math(gold, prediction, options);
    fuzz::must(!verdict.reason.empty(), "no reason");
    fuzz::must(verdict.equal == verdict.reason.starts_with("equal"), "its reason says otherwise: " + verdict.reason);
  }
  return 0;
}
