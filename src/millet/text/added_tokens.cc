#include "millet/text/added_tokens.h"

#include <algorithm>
#include <set>

#include "millet/core/error.h"

namespace millet::text {

AddedTokens::AddedTokens(std::vector<AddedToken> tokens) : tokens_(std::move(tokens)), begins_(256, false) {
  std::set<std::string_view> contents;
  for (const AddedToken& t : tokens_) {
    require(!t.content.empty(), "added token {} is empty: it would be found everywhere", t.id);
    require(contents.insert(t.content).second, "added token '{}' is there twice", t.content);
    begins_[static_cast<unsigned char>(t.content[0])] = true;
  }
  std::stable_sort(tokens_.begin(), tokens_.end(),
                   [](const AddedToken& a, const AddedToken& b) { return a.content.size() > b.content.size(); });
}

const AddedToken* AddedTokens::find(std::string_view content) const {
  for (const AddedToken& t : tokens_) {
    if (t.content == content) return &t;
  }
  return nullptr;
}

const AddedToken* AddedTokens::find(int32_t id) const {
  for (const AddedToken& t : tokens_) {
    if (t.id == id) return &t;
  }
  return nullptr;
}

// A table of first bytes skips nearly all of a text; the tokens are few, so that trying each, longest first, is enough.
AddedTokens::Match AddedTokens::first_in(std::string_view text, size_t from, bool marks) const {
  for (size_t at = from; at < text.size(); ++at) {
    if (!begins_[static_cast<unsigned char>(text[at])]) continue;
    for (const AddedToken& t : tokens_) {
      if ((marks || !t.is_mark()) && text.substr(at).starts_with(t.content)) return {at, &t};
    }
  }
  return {};
}

}  // namespace millet::text
