#include "millet/eval/perplexity.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "millet/core/error.h"

namespace millet::eval {
namespace {

// Logits that are held at once, in elements: 256 MB.
constexpr int64_t kLogits = int64_t{1} << 26;

int64_t words_of(std::string_view text) {
  int64_t words = 0;
  bool inside = false;
  for (const char c : text) {
    const bool space = c == ' ' || (c >= '\t' && c <= '\r');
    words += !space && !inside ? 1 : 0;
    inside = !space;
  }
  return words;
}

}  // namespace

double Perplexity::per_token() const {
  return std::exp(nats / static_cast<double>(tokens));
}

double Perplexity::bits_per_byte() const {
  return nats / std::numbers::ln2 / static_cast<double>(bytes);
}

double Perplexity::per_word() const {
  return words > 0 && bytes <= 24 * words ? std::exp(nats / static_cast<double>(words)) : std::nan("");
}

io::Json Perplexity::to_json() const {
  const auto finite = [](double x) { return std::isfinite(x) ? io::Json(x) : io::Json(); };
  return io::Json::object({{"perplexity", finite(per_token())},
                           {"bits_per_byte", finite(bits_per_byte())},
                           {"word_perplexity", finite(per_word())},
                           {"nats", finite(nats)},
                           {"documents", documents},
                           {"tokens", tokens},
                           {"unscored_tokens", unscored},
                           {"bytes", bytes},
                           {"words", words},
                           {"windows", windows}});
}

PerplexityMeter::PerplexityMeter(Context& ctx, model::Decoder& model, const text::Tokenizer& tokenizer,
                                 PerplexityOptions options)
    : ctx_(ctx), model_(model), tokenizer_(tokenizer), options_(std::move(options)), objective_({}, model) {
  const int64_t positions = model.config().max_position_embeddings;
  require(options_.context >= 1 && options_.context <= positions,
          "--context is {}: the model has {} positions, a window takes 1 to so many", options_.context, positions);
  require(options_.stride >= 1 && options_.stride <= options_.context, "--stride is {}: it must be 1 to --context, {}",
          options_.stride, options_.context);
}

void PerplexityMeter::add(std::string_view document) {
  std::vector<int32_t> ids = tokenizer_.encode(document);
  if (ids.empty()) return;
  const auto first = tokenizer_.bos() ? tokenizer_.bos() : tokenizer_.eos();
  ++result_.documents;
  result_.bytes += static_cast<int64_t>(document.size());
  result_.words += words_of(document);
  if (first) {
    ids.insert(ids.begin(), *first);
  } else {
    ++result_.unscored;
    result_.bytes -= static_cast<int64_t>(tokenizer_.bytes_of(ids.front()).size());
  }
  const int64_t vocabulary = model_.config().vocab_size;
  for (const int32_t id : ids)
    require(id < vocabulary, "token {} is beyond the model's vocabulary of {}", id, vocabulary);

  const auto rows = static_cast<int64_t>(ids.size()) - 1;
  const int64_t at_once = std::max(options_.context, kLogits / vocabulary);
  data::PackedBatch batch;
  const auto flush = [&] {
    if (batch.tokens.empty()) return;
    result_.nats += objective_.evaluate(ctx_, batch).main;
    batch = {};
    if (options_.on_window) options_.on_window(result_.windows);
  };
  for (int64_t begin = 0, scored = 0; scored < rows; begin += options_.stride) {
    const int64_t end = std::min(begin + options_.context, rows);
    if (batch.rows() + end - begin > at_once) flush();
    batch.segments.push_back({.first_row = batch.rows(), .rows = end - begin});
    for (int64_t i = begin; i < end; ++i) {
      batch.tokens.push_back(ids[static_cast<size_t>(i)]);
      batch.positions.push_back(static_cast<int32_t>(i - begin));
      batch.next.push_back(ids[static_cast<size_t>(i) + 1]);
      batch.weight.push_back(i >= scored ? 1.0F : 0.0F);
    }
    result_.tokens += end - scored;
    scored = end;
    ++result_.windows;
  }
  flush();
}

}  // namespace millet::eval
