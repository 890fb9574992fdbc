#include "millet/rl/rules/think_form.h"

#include "millet/text/thinking.h"

namespace millet::rl {

bool think_form(std::string_view text) {
  if (!text.starts_with(text::kThink)) return false;
  text.remove_prefix(text::kThink.size());
  return text.find(text::kThink) == std::string_view::npos && text.find(text::kThinkEnd) != std::string_view::npos;
}

}  // namespace millet::rl
