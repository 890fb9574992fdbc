// The looser form of an answer: it opens with a thought, once, and closes it; what follows is free. Source: the
// think-format reward of TRL (Hugging Face), as Open-R1 trains with.
#pragma once

#include <string_view>

namespace millet::rl {

// "<think>", anything without another "<think>" to the end, and a "</think>" in it.
bool think_form(std::string_view text);

}  // namespace millet::rl
