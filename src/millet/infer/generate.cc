#include "millet/infer/generate.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "millet/core/error.h"
#include "millet/text/detokenizer.h"

namespace millet::infer {

std::vector<int32_t> prompt_ids(const text::Tokenizer& tokenizer, std::string_view prompt) {
  std::vector<int32_t> ids = tokenizer.text_start();
  const std::vector<int32_t> encoded = tokenizer.encode(prompt);
  ids.insert(ids.end(), encoded.begin(), encoded.end());
  if (ids.empty() && tokenizer.bos()) ids.push_back(*tokenizer.bos());
  return ids;
}

std::vector<int32_t> stop_ids(const text::Tokenizer& tokenizer, const model::ModelConfig& config) {
  std::vector<int32_t> ids;
  if (tokenizer.eos()) ids.push_back(*tokenizer.eos());
  for (const int64_t id : config.eos_token_id) {
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(static_cast<int32_t>(id));
  }
  return ids;
}

int64_t pages_for_text(const model::ModelConfig& config, int64_t prompt_tokens, int64_t max_new_tokens) {
  const int64_t most = config.max_position_embeddings;
  return Engine::pages_for(1, std::min(prompt_tokens + std::min(max_new_tokens, most), most));
}

Generated generate(Context& ctx, Engine& engine, const text::Tokenizer& tokenizer, std::vector<int32_t> prompt,
                   const GenerateOptions& options, const OnText& on_text) {
  const int64_t room = engine.room_after(static_cast<int64_t>(prompt.size()));

  Generated result;
  text::Detokenizer detokenizer(tokenizer, {.skip_special = true, .shown = options.shown, .stops = options.stops});
  bool is_wanted = true;
  std::exception_ptr error;  // of on_text: the engine must not be left in the middle of a step
  const auto tell = [&](const std::string& piece) {
    result.text += piece;
    if (piece.empty() || !on_text || !is_wanted) return;
    try {
      is_wanted = on_text(piece);
    } catch (...) {
      error = std::current_exception();
      is_wanted = false;
    }
  };

  Request request;
  request.prompt = std::move(prompt);
  request.sampling = options.sampling;
  request.sample_id = options.sample_id;
  request.max_new_tokens = options.max_new_tokens > 0 ? std::min(options.max_new_tokens, room) : room;
  request.stop_ids = options.stop_ids;
  request.on_token = [&](int64_t, int32_t token, float) {
    tell(detokenizer.push(token));
    return is_wanted && !detokenizer.stopped();
  };
  const int64_t number = engine.submit(std::move(request));
  try {
    while (!engine.is_done(number)) engine.step(ctx);
  } catch (...) {
    engine.cancel(number);  // it refers to what ends here
    engine.take(number);
    throw;
  }
  result.completion = std::move(engine.take(number).front());
  tell(detokenizer.finish());
  result.stop = detokenizer.stop();
  if (error) std::rethrow_exception(error);
  return result;
}

}  // namespace millet::infer
